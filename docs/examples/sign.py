# pip install pyjwt cryptography
import os
import time

import jwt

KEY = os.environ["CONTACT_JWT_PRIVATE_KEY"]


def sign_contact_jwt(user):
    """One token for one page or one answer of your token endpoint."""
    now = int(time.time())
    claims = {
        "identity": user["id"],
        "comm100.name": user["name"],
        "comm100.email": user["email"],
        "iat": now,
        "exp": now + 600,
    }
    return jwt.encode(claims, KEY, algorithm="RS256", headers={"kid": "2026-rsa"})


print(sign_contact_jwt({"id": "user-123", "name": "Ada Lovelace", "email": "ada@acme.example"}))
