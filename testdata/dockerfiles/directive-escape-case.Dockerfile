#EsCaPe = `  
FROM scratch
COPY a `
 /
