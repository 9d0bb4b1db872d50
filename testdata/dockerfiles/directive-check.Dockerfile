# check=skip=all
# escape=`
FROM scratch
COPY a `
 /
