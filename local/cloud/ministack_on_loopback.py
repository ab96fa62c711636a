"""Runs ministack for programs of this machine, and for nothing that a web page starts.

ministack answers every origin and runs code (Lambda) for whoever asks without a signature. A page in the person's
browser can reach loopback, so that without this any web site could run programs here. Refused is what carries a
foreign Origin, what a browser marks as coming from another site, and what names a host that is not this machine
(DNS rebinding).

Two things are added. A Lambda function runs as its role: ministack gives it the account's root key unless it enforces
IAM itself, and S3 Vectors Local, which enforces, would then judge every function as root. And GET /_local/caller tells
whose an access key is, session policies and tags included, which no API of AWS tells; it holds no secrets.
"""

import hashlib
import json
import sys
import time
from urllib.parse import parse_qs, urlsplit

import ministack.app as ministack
from ministack.core import lambda_runtime
from ministack.core.iam_evaluator import is_root_access_key
from ministack.services import iam, lambda_svc, sts


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


def role_credentials(config):
    """Credentials of a session of the function's role, as Lambda gives them; the same for the same function and role."""
    role_arn = config.get("Role") or ""
    function_arn = config.get("FunctionArn") or ""
    if not role_arn.startswith("arn:") or ":role/" not in role_arn:
        raise ValueError(f"the function {function_arn} has no role to run as")
    account_id = role_arn.split(":")[4]
    digest = hashlib.sha256(f"{function_arn}:{role_arn}".encode()).hexdigest()
    secret_key = hashlib.sha256(f"secret:{digest}".encode()).hexdigest()
    session_token = hashlib.sha256(f"token:{digest}".encode()).hexdigest()
    access_key = f"ASIA{digest[:16].upper()}"
    session_name = (config.get("FunctionName") or "function")[:64]
    role_name = role_arn.rsplit("/", 1)[-1]
    role = iam._roles.get_scoped(account_id, None, role_name) or {}
    sts.register_session(
        access_key,
        {
            "Arn": f"arn:aws:sts::{account_id}:assumed-role/{role_name}/{session_name}",
            "UserId": f"{role.get('RoleId', role_name)}:{session_name}",
            "SecretAccessKey": secret_key,
            "SessionToken": session_token,
            "AccountId": account_id,
            "PrincipalType": "AssumedRole",
        },
    )
    return {
        "AWS_ACCESS_KEY_ID": access_key,
        "AWS_SECRET_ACCESS_KEY": secret_key,
        "AWS_SESSION_TOKEN": session_token,
    }


def key_holder(access_key):
    """Whose the key is, or None for one that was never issued here."""
    if is_root_access_key(access_key):
        return None
    session = sts._sessions.get(access_key)
    if session is not None:
        expiration = session.get("Expiration")
        passed = session.get("SessionPolicies") or {}
        return {
            "arn": session["Arn"],
            "accountId": session.get("AccountId") or session["Arn"].split(":")[4],
            "userId": str(session.get("UserId", "")),
            "expired": isinstance(expiration, (int, float)) and time.time() > expiration,
            "session": {
                "policy": passed.get("Policy") or None,
                "policyArns": list(passed.get("PolicyArns") or []),
                "tags": {tag["Key"]: tag["Value"] for tag in session.get("SessionTags") or []},
            },
        }
    for (account_id, stored_key), record in iam._access_keys.to_dict().items():
        if stored_key == access_key and record.get("Status") == "Active":
            user_name = record.get("UserName", "")
            user = iam._users.get_scoped(account_id, None, user_name) or {}
            return {
                "arn": user.get("Arn") or f"arn:aws:iam::{account_id}:user/{user_name}",
                "accountId": account_id,
                "userId": str(user.get("UserId", "")),
                "expired": False,
                "session": None,
            }
    return None


async def answer_json(send, status, value):
    body = json.dumps(value).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def on_loopback(inner):
    async def guarded(scope, receive, send):
        reason = None
        if scope["type"] in ("http", "websocket"):
            reason = refusal(dict(scope["headers"]))
        if reason is None and scope["type"] == "http" and scope["path"] == "/_local/caller":
            query = parse_qs(scope["query_string"].decode("latin-1"))
            await answer_json(send, 200, {"caller": key_holder(query.get("access-key-id", [""])[0])})
        elif reason is None:
            await inner(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await answer_json(send, 403, {"message": f"Refused: {reason}."})

    return guarded


if __name__ == "__main__":
    # Its command line holds arguments of ours, none for it.
    sys.argv = sys.argv[:1]
    for module in (lambda_runtime, lambda_svc):
        # A ministack that has it no longer must not start and run functions as root.
        getattr(module, "execution_credentials")
        module.execution_credentials = role_credentials
    ministack.app = on_loopback(ministack.app)
    ministack.main()
