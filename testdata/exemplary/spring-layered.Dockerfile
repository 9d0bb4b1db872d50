FROM eclipse-temurin:21-jdk-jammy AS build
WORKDIR /src
COPY mvnw pom.xml ./
COPY .mvn .mvn/
RUN ./mvnw -B dependency:go-offline
COPY src src/
RUN ./mvnw -B package -DskipTests
RUN java -Djarmode=layertools -jar target/shop.jar extract --destination /layers

FROM eclipse-temurin:21-jre-jammy
RUN useradd --system --uid 10001 spring
USER spring
WORKDIR /app
COPY --from=build /layers/dependencies/ ./
COPY --from=build /layers/spring-boot-loader/ ./
COPY --from=build /layers/snapshot-dependencies/ ./
COPY --from=build /layers/application/ ./
EXPOSE 8080
HEALTHCHECK CMD ["wget", "-qO-", "http://localhost:8080/actuator/health"]
ENTRYPOINT ["java", "org.springframework.boot.loader.launch.JarLauncher"]
