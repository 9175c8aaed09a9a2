/** `npm run seed`: puts the embedded models into the local R2 bucket. */
import { describeSeeding, seedLocalBucket } from "./local-worker.ts";

console.log(describeSeeding(await seedLocalBucket()));
