import { defineRequestMaker } from "../maker.ts";

const LONG_LIST = "6000 names";

/** `POST /classify`. */
export const uploadPhoto = defineRequestMaker({
  name: "classify-endpoint",
  takesImage: true,
  ranges: {
    models: { choices: ["", "default,resnet18", "default,default,default,default", LONG_LIST] },
    topK: { min: 1, max: 1000 },
    locale: { choices: ["en", "zh"] },
  },
  starts: [
    { models: "", topK: 3, locale: "en" },
    { models: "default,resnet18", topK: 1000, locale: "zh" },
    { models: LONG_LIST, topK: 3, locale: "en" },
  ],
  make({ models, topK, locale }, { image }) {
    const query = new URLSearchParams({ topK: String(topK), locale });
    if (models === LONG_LIST) query.set("models", Array(6000).fill("a").join());
    else if (models !== "") query.set("models", models);
    const headers = { "content-type": "application/octet-stream" };
    return { method: "POST", path: `/classify?${query}`, headers, body: image };
  },
});
