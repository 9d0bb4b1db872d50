FROM scratch aS One
FROM one As two-2_x.y
