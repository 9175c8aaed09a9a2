#!/usr/bin/env bash
# Classifies a photo with curl: bash examples/curl.sh [PHOTO] [ENDPOINT]
set -euo pipefail
photo=${1:-examples/cat.jpg}
endpoint=${2:-http://localhost:8787/graphql}
# A deployed Worker accepts a form only with this header, which no page of another site can send.
curl -sS "$endpoint" \
  -H 'graphql-require-preflight: 1' \
  -F operations='{"query":"query($image: File!) { classify(image: {upload: $image}) { answer { label confidence } predictions { rank id label confidence } } }","variables":{"image":null}}' \
  -F map='{"photo":["variables.image"]}' \
  -F photo=@"$photo"
