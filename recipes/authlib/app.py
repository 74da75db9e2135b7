"""A site that signs its visitors in with Saoma, by Authlib and Flask."""

import os

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, render_template_string, session
from joserfc.errors import JoseError

ISSUER = os.environ.get("ISSUER", "http://localhost:8080")
SITE = os.environ.get("SITE", "http://localhost:5001")

app = Flask(__name__)
app.secret_key = os.environ["SESSION_SECRET"]
app.config.update(SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_SECURE=SITE.startswith("https:"))

# Authlib makes state, nonce and the PKCE verifier, keeps them in the session, and checks the ID token.
saoma = OAuth(app).register(
    "saoma",
    client_id="authlib-site",
    client_secret=os.environ["CLIENT_SECRET"],
    server_metadata_url=f"{ISSUER}/.well-known/openid-configuration",
    client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256"},
)

PAGE = """<!doctype html><title>The Authlib site</title>
{% if error %}<p>You are not signed in: {{ error }}</p>{% endif %}
{% if member %}<p>Hello, {{ member.name }}. You are {{ member.sub }}.</p>
<form method="post" action="/logout"><button>Log out</button></form>
{% else %}<p><a href="/login">Log in</a></p>{% endif %}"""


@app.get("/")
def home():
    return render_template_string(PAGE, member=session.get("member"))


@app.get("/login")
def login():
    return saoma.authorize_redirect(f"{SITE}/callback")


@app.get("/callback")
def callback():
    token = saoma.authorize_access_token()
    claims, person = token["userinfo"], saoma.userinfo(token=token)
    if person["sub"] != claims["sub"]:
        raise OAuthError("invalid_userinfo")
    session.clear()
    session["member"] = {"sub": person["sub"], "name": person.get("name", "stranger")}
    session["id_token"] = token["id_token"]
    return redirect("/")


@app.post("/logout")
def logout():
    id_token = session.get("id_token")
    session.clear()
    if id_token and saoma.load_server_metadata().get("end_session_endpoint"):
        return saoma.logout_redirect(f"{SITE}/", id_token_hint=id_token)
    return redirect("/")


@app.errorhandler(OAuthError)
@app.errorhandler(JoseError)
def refused(error):
    return render_template_string(PAGE, error=error.error), 400
