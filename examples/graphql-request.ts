/**
 * Classifies a photo with graphql-request, as Base64:
 * node examples/graphql-request.ts [PHOTO] [ENDPOINT]
 */
import { readFile } from "node:fs/promises";
import { ClientError, gql, request } from "graphql-request";

const [photo = "examples/cat.jpg", endpoint = "http://localhost:8787/graphql"] =
  process.argv.slice(2);

type Data = {
  classify: {
    answer: { kind: "CLASS" | "ANCESTOR" | "UNKNOWN"; label: string; confidence: number | null };
    predictions: { rank: number; id: string; label: string; confidence: number }[];
  };
};

const query = gql`
  query ($base64: String!) {
    classify(image: { base64: $base64 }, topK: 3, locale: ZH) {
      answer { kind label confidence }
      predictions { rank id label confidence }
    }
  }
`;

try {
  const base64 = (await readFile(photo)).toString("base64");
  const { classify } = await request<Data>(endpoint, query, { base64 });
  console.log(classify.answer.label);
  console.table(classify.predictions);
} catch (error) {
  if (!(error instanceof ClientError)) throw error;
  // Every error has a code to act on, and a message that says what to do.
  const [first] = error.response.errors ?? [];
  console.error(`${first?.extensions?.code}: ${first?.message}`);
  process.exitCode = 1;
}
