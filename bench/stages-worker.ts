/** The Worker of `npm run bench`: repeats one stage of a request, or whole requests to the application. */
import hierarchy from "../models/labels/hierarchy.tsv";
import labelTable from "../models/labels/imagenet1k.tsv";
import { createApp } from "../src/app.ts";
import { type Env, parseConfig } from "../src/config.ts";
import { createServices } from "../src/create-services.ts";
import { imageToTensor } from "../src/imaging/image-to-tensor.ts";
import { inspectImage } from "../src/imaging/inspect-image.ts";
import { neededShorterSide } from "../src/imaging/prepare-image.ts";
import { createLog } from "../src/log.ts";
import { preprocessOf } from "../src/models/preprocess-of.ts";
import { sha256Hex } from "../src/sha256.ts";
import { workerPlatform } from "../src/worker-platform.ts";

const QUERY = /* GraphQL */ `
  query ($image: File!, $model: String) {
    classify(image: { upload: $image }, model: $model) {
      answer { kind label confidence }
      predictions { rank id label confidence }
    }
  }
`;

type Work = () => unknown;
type Works = Readonly<Record<string, Work>>;

let prepared: { readonly model: string; readonly works: Promise<Works> } | undefined;

export default {
  /** `POST /?model=…&stage=…&times=…` with the photo. */
  async fetch(request, env) {
    const { searchParams } = new URL(request.url);
    const model = searchParams.get("model") ?? "";
    const photo = new Uint8Array(await request.arrayBuffer());
    if (prepared?.model !== model) prepared = { model, works: prepare(photo, model, env) };
    const work = (await prepared.works)[searchParams.get("stage") ?? ""];
    if (!work) return new Response("There is no such stage.", { status: 404 });
    for (let i = 0; i < Number(searchParams.get("times")); i++) await work();
    return new Response();
  },
} satisfies ExportedHandler<Env>;

/** The stages of a request by name, each with what the stage before it gives. */
async function prepare(photo: Uint8Array<ArrayBuffer>, name: string, env: Env): Promise<Works> {
  const { imageDecoder, ...platform } = workerPlatform;
  // Cloudflare's are not part of the Worker; local ones are, and take longer than reading the body.
  const { IP_RATE_LIMITER, KEY_RATE_LIMITER, ...unlimited } = env;
  const app = createApp(unlimited, workerPlatform);
  const { catalog, networks } = createServices(parseConfig(env), {
    ...platform,
    bucket: env.MODELS,
    labelTable,
    hierarchy,
    decoder: imageDecoder,
    cache: undefined,
    recordShadow: () => {},
    log: createLog(platform.log),
  });
  const { arms, aliases } = await catalog.candidates(name);
  const [arm] = arms;
  if (!arm) throw new Error(`There is no model ${name}.`);
  const model = await catalog.describe(arm, aliases);
  const spec = preprocessOf(model.manifest);
  const header = inspectImage(photo);
  const shorterSide = neededShorterSide(header, spec);
  const pixels = await imageDecoder.decode(photo, header, shorterSide);
  const layout = networks.layoutFor(model.manifest);
  const tensor = imageToTensor(pixels, spec, layout);
  const form = new FormData();
  form.set("operations", JSON.stringify({ query: QUERY, variables: { image: null, model: name } }));
  form.set("map", JSON.stringify({ 0: ["variables.image"] }));
  form.set("0", new File([photo], "photo.jpg"));
  const multipart = new Response(form);
  const type = multipart.headers.get("content-type") ?? "";
  const body = await multipart.arrayBuffer();
  const ask = async (path: string, body: BodyInit, headers: Record<string, string> = {}) => {
    const sent = { method: "POST", body, headers: { ...headers, "cf-connecting-ip": "192.0.2.1" } };
    const response = await app(new Request(`https://bench.invalid${path}`, sent));
    const text = await response.text();
    if (!response.ok || /"errors":/.test(text)) throw new Error(`${response.status}: ${text}`);
  };
  return {
    header: () => inspectImage(photo),
    hash: () => sha256Hex(photo),
    decode: () => imageDecoder.decode(photo, header, shorterSide),
    tensor: () => imageToTensor(pixels, spec, layout),
    network: () => networks.run(model, tensor, layout),
    classify: () => ask(`/classify?model=${name}`, photo),
    graphql: () => ask("/graphql", body, { "content-type": type }),
  };
}
