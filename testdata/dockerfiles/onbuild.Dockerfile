FROM scratch AS base
ONBUILD COPY a /
ONBUILD ARG X=1
ONBUILD RUN ["x"]
onbuild workdir /w
FROM base
COPY b /
