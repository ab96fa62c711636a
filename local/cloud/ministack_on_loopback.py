"""Runs ministack for programs of this machine, and for nothing that a web page starts.

ministack answers every origin and runs code (Lambda) for whoever asks without a signature. A page in the person's
browser can reach loopback, so that without this any web site could run programs here. Refused is what carries a
foreign Origin, what a browser marks as coming from another site, and what names a host that is not this machine
(DNS rebinding).
"""

import json
import sys
from urllib.parse import urlsplit

import ministack.app as ministack


def is_this_machine(host):
    return host in ("127.0.0.1", "localhost", "::1") or (host or "").endswith(".localhost")


def hostname(authority):
    try:
        return urlsplit("//" + authority).hostname
    except ValueError:
        return None


def refusal(headers):
    """Why a request is refused, or None."""
    host = headers.get(b"host", b"").decode("latin-1")
    if host and not is_this_machine(hostname(host)):
        return f"the host {host} is not this machine"
    origin = headers.get(b"origin", b"").decode("latin-1")
    if origin and not is_this_machine(urlsplit(origin).hostname):
        return f"requests of the web page {origin} are not served"
    if headers.get(b"sec-fetch-site", b"") == b"cross-site":
        return "requests of web pages are not served"
    return None


def on_loopback(inner):
    async def guarded(scope, receive, send):
        reason = None
        if scope["type"] in ("http", "websocket"):
            reason = refusal(dict(scope["headers"]))
        if reason is None:
            await inner(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            body = json.dumps({"message": f"Refused: {reason}."}).encode()
            await send(
                {
                    "type": "http.response.start",
                    "status": 403,
                    "headers": [
                        (b"content-type", b"application/json"),
                        (b"content-length", str(len(body)).encode()),
                    ],
                }
            )
            await send({"type": "http.response.body", "body": body})

    return guarded


if __name__ == "__main__":
    # Its command line holds arguments of ours, none for it.
    sys.argv = sys.argv[:1]
    ministack.app = on_loopback(ministack.app)
    ministack.main()
