FROM --platform=$BUILDPLATFORM golang:1 AS build
FROM --platform=linux/arm64 scratch
COPY --from=build /x /
