#!/usr/bin/env bash
# Classifies a photo with curl: bash examples/curl.sh [PHOTO] [ENDPOINT]
set -euo pipefail
photo=${1:-examples/cat.jpg}
endpoint=${2:-http://localhost:8787/graphql}
curl -sS "$endpoint" \
  -F operations='{"query":"query($image: File!) { classify(image: {upload: $image}) { answer { label confidence } predictions { rank id label confidence } } }","variables":{"image":null}}' \
  -F map='{"photo":["variables.image"]}' \
  -F photo=@"$photo"
