FROM registry.example/dotnet/sdk:8.0 AS build
WORKDIR /source
COPY *.sln ./
COPY src/Shop/Shop.csproj src/Shop/
RUN dotnet restore
COPY . .
RUN dotnet publish src/Shop -c Release -o /app --no-restore

FROM registry.example/dotnet/aspnet:8.0
WORKDIR /app
COPY --from=build /app .
USER $APP_UID
EXPOSE 8080
HEALTHCHECK CMD ["dotnet", "Shop.dll", "--probe"]
ENTRYPOINT ["dotnet", "Shop.dll"]
