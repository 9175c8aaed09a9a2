import { ENDINGS } from "./endings.ts";
import { FILES } from "./files.ts";
import { GRAPHS } from "./graphs.ts";
import type { OddNetwork } from "./plain-network.ts";

/**
 * Networks in the forms in which other people's exporters and tools write them. Unless a row says otherwise,
 * each answers like the plain network.
 */
export const ODD_NETWORKS: readonly OddNetwork[] = [...ENDINGS, ...FILES, ...GRAPHS];
