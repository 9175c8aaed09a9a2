/** The texts of the page in English. */
import { FORMAT_NAMES, joinNames } from "../../../src/imaging/formats.ts";

/** What happened, and what to do. */
export type Explanation = readonly [what: string, advice: string];

export const en = {
  title: "resnet-edge: what is in your photo?",
  description: "Drop a photo and see what a neural network sees in it.",
  tagline: "Drop a photo. See what the model sees.",
  intro:
    "A neural network at the edge says what is in your photo, how sure it is, and where it looked.",
  drop: "Drop photos or a folder anywhere on this page, paste a photo or its address, or",
  pick: "Choose a photo",
  folder: "Folder",
  pickFolder: "Choose a folder",
  camera: "Camera",
  useCamera: "Use the camera",
  shoot: "Take photo",
  close: "Close",
  cameraFailed: "The camera is not available. Allow access in your browser, or choose a photo.",
  cameraInsecure:
    "Browsers allow the camera only on pages with https. Open this page with https, or choose a photo: on a phone, the picker offers the camera.",
  cameraMissing: "No camera was found. Choose a photo instead.",
  urlLabel: "Photo URL",
  urlPlaceholder: "Photo URL: https://",
  urlGo: "Classify",
  urlInvalid: "This is not the address of a photo. It should look like example.com/cat.jpg.",
  nothingDropped: "There was no photo in what you dropped or pasted.",
  examples: "Or try one of these:",
  exampleNames: { cat: "A cat", espresso: "An espresso", tripod: "A tripod" },
  settings: "Settings",
  sendOriginal: "Send photos at full size (by default, large ones are reduced to 1024 px)",
  model: "Model",
  defaultModel: (versions: readonly string[]) =>
    `Default${versions.length > 0 ? ` (${versions.join(", ")})` : ""}`,
  modelsMissing: "The list of models could not be loaded.",
  compareWith: "Compare with",
  compareNothing: "None",
  ensemble: "Average of both",
  preparing: "Preparing the photo…",
  sending: (percent: number) => `Sending: ${percent}%`,
  classifying: "Classifying…",
  slow: "This is taking longer than usual. After a pause, the model has to load first.",
  cancel: "Cancel",
  photoAlt: "Your photo",
  noPreview: "This browser cannot display the photo.",
  result: "Result",
  answer: { CLASS: "", ANCESTOR: "probably a kind of", UNKNOWN: "" } as Record<string, string>,
  unknown: "Not sure",
  unknownWhy: "No answer reaches the threshold. Lower it, or try a clearer photo.",
  unfamiliarWhy: "This looks unlike the photos that the model knows. Try another photo or model.",
  sure: (percent: string) => `${percent} sure`,
  topK: (count: number) => `Predictions shown: ${count}`,
  threshold: (percent: string, recommended: boolean) =>
    `${recommended ? "Recommended threshold" : "Threshold"}: ${percent}`,
  predictions: "Predictions",
  below: (label: string) => `${label}, below the threshold`,
  heatmap: "Where it looked",
  heatmapButton: (label: string) => `Where it looked: ${label}`,
  heatmapOf: (label: string) => `Heat map for ${label}`,
  heatmapLoading: "Drawing the heat map…",
  heatmapFailed: (seconds: number | undefined) =>
    `The heat map is not available right now. Try again in ${seconds === undefined ? "a moment" : `${Math.ceil(seconds)} s`}.`,
  opacity: (percent: string) => `Heat map opacity: ${percent}`,
  votes: "Each model on its own",
  vote: (label: string, percent: string) => `: ${label}, ${percent}`,
  modelWithEngine: (model: string, engine: string) => `${model} (${engine})`,
  answeredBy: (models: string, ms: number, cached: boolean) =>
    `Answered by ${models} in ${ms} ms${cached ? ", from the cache" : ""}.`,
  receipt: "Download receipt",
  share: "Share",
  shareFailed: "This browser cannot share the answer.",
  unknownTo: (models: string) => `not a class of ${models}`,
  showCode: "Show as code",
  codeIn: (form: string) => `The request in ${form}`,
  copy: "Copy",
  copied: "Copied",
  copyByHand: "The browser does not let this page copy. The code is selected: press Ctrl+C or ⌘C.",
  codeFile: (name: string) =>
    `Run it in the folder of ${name}. The button saves the photo under that name, exactly as it was sent.`,
  codeReduced: "The page reduced or converted your photo before sending it.",
  saveSent: "Download the photo as it was sent",
  history: "This session",
  historyEmpty: "The photos you classify appear here. They stay in this browser tab.",
  historyClear: "Clear history",
  historyCleared: "The history is empty.",
  historyUndo: "Undo",
  historyOpen: (label: string, name: string) => `Open ${name}: ${label}`,
  list: "Your photos",
  listProgress: (done: number, total: number) => `${done} of ${total} classified`,
  listWait: (seconds: number) =>
    `The service allows a limited number of photos a minute. It goes on in ${seconds} s.`,
  listStop: "Stop",
  listResume: "Continue",
  listClose: "Close the list",
  listSort: "Sort",
  listSortGiven: "As given",
  listSortUnsure: "Least sure first",
  listSortWrong: "Different from the folder first",
  listRight: (right: number, total: number, percent: string) =>
    `${right} of ${total} match the class that their folder is named after (${percent}).`,
  listMissed: (folder: string) => `The folder says ${folder}.`,
  listWaiting: "Waiting",
  exportCsv: "Export as CSV",
  exportJson: "Export as JSON",
  retry: "Try again",
  chooseAnother: "Choose another photo",
  cancelled: "Cancelled. Your photo is still here.",
  retryIn: (seconds: number) => `Try again in ${seconds} s`,
  details: "Error details",
  languageName: "中文",
  languageLabel: "换成中文",
  framing: "What the model looks at",
  framings: { CROP: "Center", WHOLE: "Whole photo", TILES: "Tiles" },
  saw: (share: string, parts: number) =>
    parts > 1
      ? `The model saw the ${parts} marked parts.`
      : share === "100%"
        ? "The model saw the whole photo."
        : `The model saw the marked ${share} of the photo.`,
  sawLittle: (share: string) =>
    `The model saw only the marked ${share} of the photo. Try “Whole photo” or “Tiles”.`,
  firstFrame: (frames: number) => `First frame of ${frames}.`,
  heatmapBy: (label: string, model: string) => `Heat map for ${label}, drawn by ${model}.`,
  resetThreshold: "Use the recommended threshold",
  belowShort: "below the threshold",
  knows: "What can be recognized",
  knowsMany: (classes: number) =>
    `${classes} kinds of things; people, text, and places are not among them.`,
  knowsFew: (classes: number) => `${classes} kinds of things.`,
  findClass: "Search, for example “dog”",
  classesFound: (count: number) => `${count} found`,
  noClass: (search: string) => `The model has no class named “${search}”.`,
  moreClasses: (count: number) => `and ${count} more`,
  searchFailed: "The search is not available right now. Try again in a moment.",
  modelFacts: (classes: number, size: string) => `${classes} classes, ${size}`,
  knowsClasses: (classes: number) => `${classes} classes`,
  waiting: "Your photo and the answer appear here.",
  errors: {
    IMAGE_EMPTY: ["The file is empty.", "Choose another one."],
    IMAGE_UNOPENED: [
      "The browser cannot open this file.",
      "It may have been moved, or it is a folder. Choose it again.",
    ],
    IMAGE_UNSUPPORTED: [
      "This file is not a supported photo.",
      `Choose a ${joinNames(FORMAT_NAMES, "or")} file.`,
    ],
    IMAGE_CORRUPT: [
      "The photo is damaged.",
      "Save it again in another program, or choose another one.",
    ],
    IMAGE_TOO_LARGE: [
      "The photo is too large.",
      "Turn off “Send photos at full size”, or make the photo smaller.",
    ],
    REQUEST_TOO_LARGE: [
      "The photo is too large.",
      "Turn off “Send photos at full size”, or make the photo smaller.",
    ],
    REQUEST_TIMEOUT: [
      "Sending the photo took too long.",
      "Try again on a faster network, or send a smaller photo.",
    ],
    IMAGE_UNREACHABLE: [
      "The photo could not be loaded from that URL.",
      "Check the URL, or save the photo and choose the file.",
    ],
    IMAGE_URL_FORBIDDEN: [
      "That URL is not allowed.",
      "Use a public URL, or save the photo and choose the file.",
    ],
    IMAGE_SOURCE_DISABLED: [
      "This service does not accept URLs.",
      "Save the photo and choose the file.",
    ],
    MODEL_NOT_FOUND: ["That model no longer exists.", "Reload the page and choose another one."],
    MODEL_UNAVAILABLE: [
      "The model is not ready.",
      "It may still be loading, or being published. Try again in a moment.",
    ],
    MODEL_BUDGET: ["There is not enough memory for that model right now.", "Choose another one."],
    OVERLOADED: ["The service is busy.", "Your photo is still here. Try again in a moment."],
    RATE_LIMITED: ["You have sent too many photos.", "Wait a moment, then try again."],
    UNAUTHENTICATED: [
      "This service requires an API key.",
      "This page cannot send one. Use the API instead.",
    ],
    OFFLINE: ["The service cannot be reached.", "Check your connection, then try again."],
  } as Readonly<Record<string, Explanation>>,
  /** What to do with a format that cannot be read, by the first word of its name in the service's message. */
  formats: {
    HEIC: "This is a HEIC photo. On an iPhone choose Settings, Camera, Formats, “Most Compatible”, or export the photo as JPEG and choose that.",
    HEIF: "This is a HEIF photo. Export it as JPEG and choose that.",
    PDF: "This is a PDF document. Export the page as JPEG or PNG and choose that.",
    TIFF: "This is a TIFF picture. Export it as JPEG or PNG and choose that.",
    SVG: "This is an SVG drawing. Export it as PNG and choose that.",
    BMP: "This is a BMP picture. Save it as JPEG or PNG and choose that.",
    video: "This is a video. Save one frame as JPEG and choose that.",
  } as Readonly<Record<string, string>>,
  otherError: [
    "Something went wrong.",
    "Try again. If it keeps happening, report the error details below.",
  ] as Explanation,
};

export type Messages = typeof en;
