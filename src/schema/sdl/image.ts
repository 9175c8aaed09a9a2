export const imageSdl = /* GraphQL */ `
  "A file part of a multipart request, as the GraphQL multipart request specification describes it."
  scalar File

  "One image, given in exactly one way."
  input ImageInput @oneOf {
    "A file part of a multipart request."
    upload: File
    "The bytes in Base64: bare, or as a data URI. The MIME type of a data URI is ignored: the content decides."
    base64: String
    "A public http or https URL; the service fetches it, with at most 3 redirects, within 5 seconds."
    url: String
    "Key of an object in the service's own bucket of images."
    key: String
  }

  "The formats that can be decoded."
  enum ImageFormat {
    "JPEG, baseline or progressive."
    JPEG
    "Portable Network Graphics."
    PNG
    "WebP, lossy or lossless; of an animation the first frame."
    WEBP
    "GIF; of an animation the first frame."
    GIF
    "AVIF, 8 to 12 bits."
    AVIF
  }

  "What the header of an image says."
  type ImageInfo {
    "The format, by content."
    format: ImageFormat!
    "Stored width in pixels, before the orientation is applied."
    width: Int!
    "Stored height in pixels, before the orientation is applied."
    height: Int!
    "Number of frames; of several the first is classified."
    frames: Int!
    "EXIF orientation, or AVIF's rotation and mirroring as one: 1 to 8; 1 is upright."
    orientation: Int!
    "Size of the file in bytes."
    bytes: Int!
    "SHA-256 of the file, in hexadecimal."
    sha256: String!
    "Whether classify would decode the image, as far as its header tells."
    decodable: Boolean!
    "Why it would not, naming the limit and the value; null where it would."
    problem: String
    "Estimated peak memory of decoding it, in bytes."
    estimatedDecodeBytes: Float!
  }
`;
