/** The Worker of `npm run bench:engines`: the engines without the application around them. */
import type { EngineName } from "../src/inference/engines/engine.ts";
import type { Runtime, RuntimeSession } from "../src/inference/runtime.ts";
import { startLitertInWorker } from "../src/worker-engines/litert.ts";
import { startOnnxRuntimeInWorker } from "../src/worker-engines/onnxruntime.ts";

const START: Readonly<Record<EngineName, () => Promise<Runtime>>> = {
  litert: startLitertInWorker,
  onnxruntime: startOnnxRuntimeInWorker,
};

/** What an isolate has of a file; each file has a runtime, and therefore a heap, for itself. */
type Subject = {
  readonly engine: EngineName;
  readonly file: Uint8Array;
  readonly image: { readonly shape: readonly number[]; readonly data: Float32Array };
  runtime?: Runtime;
  session?: RuntimeSession;
};
const subjects = new Map<string, Subject>();

/** @param side - in pixels */
function makeImage(side: number): Subject["image"] {
  const data = Float32Array.from({ length: 3 * side * side }, (_, i) => Math.sin(i / 100));
  return { shape: [1, 3, side, side], data };
}

const ACTIONS: Readonly<
  Record<string, (subject: Subject, query: URLSearchParams) => Promise<void>>
> = {
  async load(subject) {
    subject.runtime ??= await START[subject.engine]();
    await subject.session?.release();
    subject.session = await subject.runtime.createSession(subject.file);
  },
  async run({ session, image }, query) {
    if (!session) throw new Error("The file is not loaded.");
    const input = { [session.inputNames[0] ?? ""]: image };
    for (let i = 0; i < Number(query.get("times") ?? 1); i++) await session.run(input);
  },
};

export default {
  /** `PUT /NAME?engine=…&side=…` with the file, then `POST /NAME?action=…`, which answers with the size of the heap. */
  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url);
    if (request.method === "PUT") {
      const engine = searchParams.get("engine") as EngineName;
      const image = makeImage(Number(searchParams.get("side")));
      subjects.set(pathname, { engine, image, file: await request.bytes() });
      return new Response();
    }
    const subject = subjects.get(pathname);
    if (!subject) return new Response("There is no such file.", { status: 404 });
    for (const action of searchParams.getAll("action"))
      await ACTIONS[action]?.(subject, searchParams);
    return Response.json(subject.runtime?.heapBytes() ?? 0);
  },
} satisfies ExportedHandler;
