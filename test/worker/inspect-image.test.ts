import { expect, it } from "vitest";
import { upload } from "./support/graphql.ts";
import { readRepoFile } from "./support/repo-file.ts";

const INSPECT = `query ($image: File!) {
  inspectImage(image: { upload: $image }) { format width height orientation bytes }
}`;

it.each([
  ["cat.jpg", { format: "JPEG", width: 451, height: 300 }],
  ["espresso.png", { format: "PNG", width: 600, height: 400 }],
])("inspectImage reads the header of %s without a model in the bucket", async (file, facts) => {
  const bytes = await readRepoFile(`examples/${file}`);
  const { data } = await upload(INSPECT, bytes);
  expect(data.inspectImage).toEqual({ ...facts, orientation: 1, bytes: bytes.byteLength });
});

it("inspectImage needs only the header of a truncated file", async () => {
  const bytes = await readRepoFile("examples/cat.png");
  const { data } = await upload(INSPECT, bytes.slice(0, 200));
  expect(data.inspectImage).toMatchObject({ width: 451, height: 300 });
});
