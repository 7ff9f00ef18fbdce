# A static binary, its certificates, and nothing else. Time zones are in the
# binary. State and configuration are in /data.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o /out/cresset ./bot
RUN mkdir /out/data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/cresset /cresset
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
WORKDIR /data
VOLUME /data
EXPOSE 8737
HEALTHCHECK --interval=30s --timeout=10s --start-period=10s CMD ["/cresset", "health"]
ENTRYPOINT ["/cresset"]
