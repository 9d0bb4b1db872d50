FROM scratch
ARG a b=1 c="two words" d='$a' e=${b:-x}
COPY $b ${d} /
