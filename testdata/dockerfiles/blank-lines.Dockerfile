

   
	
FROM scratch


COPY a /

