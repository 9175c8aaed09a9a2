export const imageSdl = /* GraphQL */ `
  "A file in a multipart request. See the GraphQL multipart request specification."
  scalar File

  "One image, given in exactly one way."
  input ImageInput @oneOf {
    "A file in a multipart request."
    upload: File
    "The bytes in Base64, plain or as a data URL. The MIME type of a data URL is ignored: the content decides."
    base64: String
    "A public http or https URL. The service fetches it, following at most 3 redirects, within 5 seconds."
    url: String
    "Key of an object in the service's own image bucket."
    key: String
  }

  "Supported image formats."
  enum ImageFormat {
    "JPEG, baseline or progressive."
    JPEG
    "Portable Network Graphics."
    PNG
    "WebP, lossy or lossless. For an animation, its first frame."
    WEBP
    "GIF. For an animation, its first frame."
    GIF
    "AVIF, 8 to 12 bits."
    AVIF
  }

  "What the header of an image says."
  type ImageInfo {
    "Format, detected from the content."
    format: ImageFormat!
    "Stored width in pixels, before the orientation is applied."
    width: Int!
    "Stored height in pixels, before the orientation is applied."
    height: Int!
    "Number of frames. The first one is classified."
    frames: Int!
    "EXIF orientation, or AVIF's rotation and mirroring combined: 1 to 8. 1 is upright."
    orientation: Int!
    "Size of the file in bytes."
    bytes: Int!
    "SHA-256 of the file, in hexadecimal."
    sha256: String!
    "Whether 'classify' would decode the image, judging by its header."
    decodable: Boolean!
    "Why it would not, with the limit and the value. Null if it would."
    problem: String
    "Estimated peak memory of decoding it, in bytes."
    estimatedDecodeBytes: Float!
  }
`;
