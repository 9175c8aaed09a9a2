import { useEffect, useRef, useState } from "preact/hooks";
import { useLanguage } from "../i18n/language.ts";

/** Shows what the camera sees and takes a photo of it. */
export function CameraDialog(props: {
  readonly onPhoto: (photo: Blob) => void;
  readonly onClose: () => void;
}) {
  const { t } = useLanguage();
  const dialog = useRef<HTMLDialogElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const [problem, setProblem] = useState("");
  const failed = problem !== "";

  useEffect(() => {
    dialog.current?.showModal();
    let stream: MediaStream | undefined;
    let closed = false;
    const open = async () => {
      // Browsers hide the cameras from pages without https.
      if (!navigator.mediaDevices) return setProblem(t.cameraInsecure);
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      if (closed || !video.current) return stop();
      video.current.srcObject = stream;
      await video.current.play();
    };
    const stop = () => {
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    open().catch(({ name }: Error) =>
      setProblem(name === "NotFoundError" ? t.cameraMissing : t.cameraFailed),
    );
    return () => {
      closed = true;
      stop();
    };
  }, []);

  const shoot = () => {
    const picture = video.current;
    if (!picture?.videoWidth) return;
    const canvas = document.createElement("canvas");
    canvas.width = picture.videoWidth;
    canvas.height = picture.videoHeight;
    canvas.getContext("2d")?.drawImage(picture, 0, 0);
    canvas.toBlob((photo) => photo && props.onPhoto(photo), "image/jpeg", 0.9);
  };

  return (
    <dialog ref={dialog} class="camera" aria-label={t.useCamera} onClose={props.onClose}>
      {failed ? <p role="alert">{problem}</p> : <video ref={video} muted playsInline />}
      <div class="row">
        {!failed && (
          <button type="button" class="primary" onClick={shoot}>
            {t.shoot}
          </button>
        )}
        <button type="button" onClick={props.onClose}>
          {t.close}
        </button>
      </div>
    </dialog>
  );
}
