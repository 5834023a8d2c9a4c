FROM golang:1.26
COPY go.mod go.sum *.go *.h *.s *.tmpl /src/
RUN cd /src && CGO_ENABLED=0 go build -o /usr/local/bin/infomax .
CMD ["infomax", "-help"]
