#!/usr/bin/env bash
# reply.sh FOLDER: HTTP responses in every framing.
set -euo pipefail
cd "$1"
printf 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello' >counted
printf 'HTTP/1.0 200 OK\r\n\r\nhello' >closed
printf 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\nhe\r\n3\r\nllo\r\n0\r\nT: x\r\n\r\n' >chunked
