   FROM   scratch  
	COPY	a	b	/	
RUN  a   b  
