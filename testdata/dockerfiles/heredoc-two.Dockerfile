FROM scratch
COPY <<X <<Y /d/
Y
X
X
Y
COPY a /
