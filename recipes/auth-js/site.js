// A site that signs its visitors in with Saoma, by Auth.js and Express.

import { Auth, skipCSRFCheck } from "@auth/core";
import { getToken } from "@auth/core/jwt";
import { ExpressAuth, getSession } from "@auth/express";
import express from "express";

const { ISSUER = "http://localhost:8080", SITE = "http://localhost:5003" } = process.env;
const { CLIENT_SECRET, SESSION_SECRET } = process.env;

const config = {
  providers: [
    {
      id: "saoma",
      name: "Saoma",
      type: "oidc",
      issuer: ISSUER,
      clientId: "auth-js-site",
      clientSecret: CLIENT_SECRET,
      checks: ["pkce", "state", "nonce"],
      idToken: false, // the name comes from userinfo
    },
  ],
  secret: SESSION_SECRET,
  basePath: "/auth",
  trustHost: true,
  pages: { signIn: "/", error: "/" },
  callbacks: {
    // The session is an encrypted cookie: it keeps who it is, and the ID token for logging out.
    jwt: ({ token, account }) =>
      account ? { ...token, sub: account.providerAccountId, idToken: account.id_token } : token,
    session: ({ session, token }) => ({ ...session, user: { ...session.user, id: token.sub } }),
  },
};

const app = express();
app.set("trust proxy", "loopback");
app.use("/auth", ExpressAuth(config));

app.get("/", async (request, response) => {
  const session = await getSession(request, config);
  response.send(page(session?.user, request.query.error));
});

app.get("/login", async (request, response) => response.redirect(await act("signin/saoma", request, response)));

app.post("/logout", async (request, response) => {
  const secureCookie = SITE.startsWith("https:");
  const kept = await getToken({ req: request, secret: SESSION_SECRET, secureCookie });
  await act("signout", request, response);
  const discovered = await fetch(`${ISSUER}/.well-known/openid-configuration`);
  const { end_session_endpoint: atSaoma } = await discovered.json();
  const leave = new URLSearchParams({ id_token_hint: kept?.idToken, post_logout_redirect_uri: `${SITE}/` });
  response.redirect(303, kept && atSaoma ? `${atSaoma}?${leave}` : "/");
});

// Lets Auth.js do one of its actions for this visitor, and says where that leads.
async function act(action, request, response) {
  const headers = { cookie: request.headers.cookie ?? "" };
  const asked = new Request(`${SITE}/auth/${action}`, { method: "POST", headers });
  const answer = await Auth(asked, { ...config, skipCSRFCheck });
  response.append("set-cookie", answer.headers.getSetCookie());
  return answer.headers.get("location");
}

const escape = (text) => String(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt()};`);
const page = (user, error) =>
  user
    ? `<p>Hello, ${escape(user.name)}. You are ${escape(user.id)}.</p>
       <form method="post" action="/logout"><button>Log out</button></form>`
    : `${error ? `<p>You are not signed in: ${escape(error)}</p>` : ""}<p><a href="/login">Log in</a></p>`;

app.listen(new URL(SITE).port || 5003, "127.0.0.1");
