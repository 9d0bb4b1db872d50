# escape=`
FROM scratch
COPY a `
  /
