from scratch as Build
cOpY A /
Env X=1
From scratch
copy --from=BUILD /A /
