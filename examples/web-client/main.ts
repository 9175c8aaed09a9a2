import { type ClassifiedPhoto, classifyPhoto } from "./classify-photo.ts";
import { ServiceError } from "./send-operation.ts";

const input = document.querySelector<HTMLInputElement>("#photo");
const output = document.querySelector<HTMLElement>("#result");
if (!input || !output) throw new Error("index.html lacks #photo or #result.");

input.addEventListener("change", async () => {
  const [photo] = input.files ?? [];
  if (!photo) return;
  output.textContent = "…";
  try {
    output.replaceChildren(...show(await classifyPhoto(photo, "EN")));
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    output.textContent = `${error.code}: ${error.message}`;
  }
});

function show({ answer, predictions }: ClassifiedPhoto): HTMLElement[] {
  const heading = document.createElement("h2");
  heading.textContent = answer.kind === "UNKNOWN" ? "Not sure" : answer.label;
  const pictures = predictions.map(({ id, label, confidence, heatmap }) => {
    const figure = document.createElement("figure");
    const picture = new Image(224, 224);
    if (heatmap) picture.src = heatmap;
    picture.alt = `Heat map for ${label}`;
    const caption = document.createElement("figcaption");
    caption.textContent = `${label} (${id}), ${(100 * confidence).toFixed(1)}%`;
    figure.append(picture, caption);
    return figure;
  });
  return [heading, ...pictures];
}
