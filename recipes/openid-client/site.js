// A site that signs its visitors in with Saoma, by openid-client and Express.

import express from "express";
import session from "express-session";
import * as oidc from "openid-client";

const { ISSUER = "http://localhost:8080", SITE = "http://localhost:5002" } = process.env;
const { CLIENT_SECRET, SESSION_SECRET } = process.env;

const issuer = new URL(ISSUER);
// The ID token's signature is checked, too.
const execute = [oidc.enableNonRepudiationChecks];
// Plain http is for a provider on your own machine.
if (["localhost", "127.0.0.1"].includes(issuer.hostname)) execute.push(oidc.allowInsecureRequests);
const clientAuth = oidc.ClientSecretBasic(CLIENT_SECRET);
const saoma = await oidc.discovery(issuer, "openid-client-site", {}, clientAuth, { execute });

const app = express();
const cookie = { sameSite: "lax", secure: SITE.startsWith("https:") };
app.set("trust proxy", "loopback");
app.use(session({ secret: SESSION_SECRET, resave: false, saveUninitialized: false, cookie }));

app.get("/", (request, response) => response.send(page(request.session.member)));

app.get("/login", async (request, response) => {
  const login = { state: oidc.randomState(), nonce: oidc.randomNonce(), verifier: oidc.randomPKCECodeVerifier() };
  request.session.login = login;
  const url = oidc.buildAuthorizationUrl(saoma, {
    redirect_uri: `${SITE}/callback`,
    scope: "openid profile email",
    state: login.state,
    nonce: login.nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(login.verifier),
    code_challenge_method: "S256",
  });
  response.redirect(url.href);
});

app.get("/callback", async (request, response) => {
  const { login } = request.session;
  delete request.session.login;
  if (!login) throw new Error("this browser has not asked to sign in");
  const tokens = await oidc.authorizationCodeGrant(saoma, new URL(request.originalUrl, SITE), {
    expectedState: login.state,
    expectedNonce: login.nonce,
    pkceCodeVerifier: login.verifier,
    idTokenExpected: true,
  });
  const { sub } = tokens.claims();
  const { name = "stranger" } = await oidc.fetchUserInfo(saoma, tokens.access_token, sub);
  // A fresh session, so that nobody can have planted its identifier.
  request.session.regenerate(() => {
    Object.assign(request.session, { member: { sub, name }, idToken: tokens.id_token });
    response.redirect("/");
  });
});

app.post("/logout", (request, response) => {
  const { idToken } = request.session;
  const atSaoma = idToken && saoma.serverMetadata().end_session_endpoint;
  const leave = { id_token_hint: idToken, post_logout_redirect_uri: `${SITE}/` };
  const next = atSaoma ? oidc.buildEndSessionUrl(saoma, leave).href : "/";
  request.session.destroy(() => response.redirect(303, next));
});

app.use((error, request, response, next) => {
  response.status(400).send(`<p>You are not signed in: ${escape(error.error ?? error.message)}</p>${page()}`);
});

const escape = (text) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt()};`);
const page = (member) =>
  member
    ? `<p>Hello, ${escape(member.name)}. You are ${escape(member.sub)}.</p>
       <form method="post" action="/logout"><button>Log out</button></form>`
    : `<p><a href="/login">Log in</a></p>`;

app.listen(new URL(SITE).port || 5002, "127.0.0.1");
