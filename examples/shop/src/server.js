import express from "express";

const shop = express();
shop.get("/", (request, response) => response.send("Bread and salt"));
shop.listen(8080);
