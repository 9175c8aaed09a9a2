import type { CodegenConfig } from "@graphql-codegen/cli";

/** The types of the operations of a browser client. */
const clientTypes = (documents: string): CodegenConfig["generates"][string] => ({
  documents,
  preset: "client",
  presetConfig: { fragmentMasking: false },
  config: {
    documentMode: "string",
    enumsAsTypes: true,
    useTypeImports: true,
    strictScalars: true,
    // The file is a separate part of the request. The variable itself is null.
    scalars: { File: "null", DataUrl: "string", Receipt: "unknown" },
  },
});

/** Generates the types of the resolvers and of the clients from the printed schema (`npm run schema`). */
const config: CodegenConfig = {
  schema: "./schema.graphql",
  generates: {
    "./src/schema/generated/resolvers-types.ts": {
      plugins: ["typescript", "typescript-resolvers"],
      config: {
        contextType: "../../resolvers/context.ts#ResolverContext",
        enumsAsTypes: true,
        useTypeImports: true,
        inputMaybeValue: "T | null | undefined",
        scalars: {
          ID: "string",
          File: { input: "Blob | Uint8Array", output: "never" },
          DataUrl: "string",
          Receipt: "../../models/receipt.ts#Receipt",
        },
        mappers: {
          Ancestor: "../../resolvers/parents.ts#AncestorParent",
          Answer: "../../resolvers/parents.ts#AnswerParent",
          Classification: "../../resolvers/parents.ts#ClassificationParent",
          ImageProblem: "../../resolvers/parents.ts#ImageProblemParent",
          ImageInfo: "../../resolvers/parents.ts#ImageInfoParent",
          Label: "../../resolvers/parents.ts#LabelParent",
          ModelVersion: "../../resolvers/parents.ts#ModelVersionParent",
          Prediction: "../../resolvers/parents.ts#PredictionParent",
          Vote: "../../resolvers/parents.ts#VoteParent",
        },
      },
    },
    "./web/generated/": clientTypes("./web/src/api/operations.ts"),
    "./examples/web-client/generated/": clientTypes("./examples/web-client/*.ts"),
  },
};

export default config;
