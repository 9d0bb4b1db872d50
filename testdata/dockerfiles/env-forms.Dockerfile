FROM scratch
ENV one the whole rest
ENV a=1 b="two words" c=three\ words d='x y' e=
ENV  tab	value
