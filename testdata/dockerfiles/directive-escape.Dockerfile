# escape=`
FROM scratch
COPY a`
 b /
RUN dir c:\
COPY c /
