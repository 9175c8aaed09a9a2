import { defineRequestMaker } from "../maker.ts";

/** `POST /classify`. */
export const uploadPhoto = defineRequestMaker({
  name: "classify-endpoint",
  takesImage: true,
  ranges: {
    models: { choices: ["", "default,resnet18", "default,default,default,default"] },
    topK: { min: 1, max: 1000 },
    locale: { choices: ["en", "zh"] },
  },
  starts: [
    { models: "", topK: 3, locale: "en" },
    { models: "default,resnet18", topK: 1000, locale: "zh" },
  ],
  make({ models, topK, locale }, { image }) {
    const query = new URLSearchParams({ topK: String(topK), locale });
    if (models !== "") query.set("models", models);
    const headers = { "content-type": "application/octet-stream" };
    return { method: "POST", path: `/classify?${query}`, headers, body: image };
  },
});
