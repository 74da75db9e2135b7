//! Client metadata (RFC 7591 section 2), as operators import it.

use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::{
    client::{
        About, ApplicationType, Client, ClientAuth, ClientId, ClientKeys, ClientSecretHash, GrantType,
        LOGO_SIZE, Logo, RedirectUri, SecurityProfile, SigningAlgorithm, SubjectType,
    },
    client_keys::{AssertionAlgorithm, KeySet, KeySetError},
    fapi,
    resource::is_resource,
    scope::Scopes,
};
use crate::{
    login::match_code::MatchPolicy, loopback::is_loopback, nesting::is_too_deep,
    oidc::authentication::ContextClass, plain_text::is_plain, secret::Digest,
};

/// Shortest client secret that an operator may choose, in characters: a guess must be out of reach.
pub const SECRET_LENGTH: usize = 32;

/// Members that would promise what this server does not do: left out of account, they would surprise later.
const UNSUPPORTED: [&str; 13] = [
    "id_token_encrypted_response_alg",
    "id_token_encrypted_response_enc",
    "userinfo_signed_response_alg",
    "userinfo_encrypted_response_alg",
    "userinfo_encrypted_response_enc",
    "request_object_signing_alg",
    "request_object_encryption_alg",
    "request_object_encryption_enc",
    "authorization_signed_response_alg",
    "introspection_signed_response_alg",
    "frontchannel_logout_uri",
    "tls_client_auth_subject_dn",
    "software_statement",
];

/// Most entries of a list in metadata.
const MOST: usize = 50;

/// Longest address in metadata, in bytes.
const LONGEST: usize = 2048;

/// Metadata as it was given. Members that are not known are left out of account (RFC 7591 section 2).
#[derive(Debug, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a member of the metadata by itself (RFC 7591 section 2)"
)]
pub struct ClientMetadata {
    /// The identifier; made if absent.
    pub client_id: Option<String>,
    /// The secret; made if absent and needed.
    pub client_secret: Option<GivenSecret>,
    client_name: Option<String>,
    #[serde(default)]
    redirect_uris: Vec<String>,
    #[serde(default)]
    allowed_origins: Vec<String>,
    token_endpoint_auth_method: Option<String>,
    token_endpoint_auth_signing_alg: Option<String>,
    grant_types: Option<Vec<String>>,
    response_types: Option<Vec<String>>,
    scope: Option<String>,
    id_token_signed_response_alg: Option<String>,
    access_token_signed_response_alg: Option<String>,
    #[serde(default)]
    application_type: ApplicationType,
    jwks: Option<Value>,
    jwks_uri: Option<Url>,
    #[serde(default)]
    subject_type: SubjectTypeName,
    /// Whose sector it claims to be of; to be checked there.
    pub(super) sector_identifier_uri: Option<Url>,
    #[serde(default)]
    require_pushed_authorization_requests: bool,
    #[serde(default)]
    dpop_bound_access_tokens: bool,
    match_code: Option<MatchPolicy>,
    #[serde(default)]
    require_unlock: bool,
    default_max_age: Option<u64>,
    #[serde(default)]
    default_acr_values: Vec<String>,
    #[serde(default)]
    post_logout_redirect_uris: Vec<String>,
    backchannel_logout_uri: Option<Url>,
    #[serde(default)]
    backchannel_logout_session_required: bool,
    #[serde(flatten)]
    about: About,
    #[serde(flatten)]
    operator: OperatorMetadata,
}

/// What only the operator may say of a client: members of our own.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct OperatorMetadata {
    first_party: bool,
    verified: bool,
    logo: Option<String>,
    required_scope: Option<String>,
    owner: Option<String>,
    security_profile: SecurityProfile,
    allowed_resources: Vec<String>,
    protected_resources: Vec<String>,
    provisions_accounts: bool,
    frame_ancestors: Vec<String>,
}

/// `subject_type` in metadata (OpenID Connect Registration section 2).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SubjectTypeName {
    #[default]
    Public,
    Pairwise,
}

/// A secret that an operator chose.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct GivenSecret(String);

impl GivenSecret {
    /// What the store keeps of it.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.0)
    }
}

impl std::fmt::Debug for GivenSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("GivenSecret(…)")
    }
}

/// Why metadata is refused (RFC 7591 section 3.2.2).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// It is not a JSON object of this shape.
    #[error("client metadata cannot be read: {0}")]
    Malformed(String),
    /// `client_id` cannot be one.
    #[error("client_id must be 1 to 128 printable ASCII characters without spaces")]
    ClientId,
    /// `client_secret` is too short, or there is one where none is used.
    #[error("client_secret must have {SECRET_LENGTH} characters or more, and public clients have none")]
    Secret,
    /// `client_name` is missing or too long.
    #[error(
        "client_name must be 1 to 100 characters, none of them invisible or a change of direction: people see it when they decide"
    )]
    Name,
    /// `redirect_uris` is empty or one of them is no good.
    #[error(
        "redirect_uris: `{0}` must be https (or http on a loopback host), percent-encoded, without fragment, credentials or wildcards"
    )]
    RedirectUri(String),
    /// No redirect URI at all.
    #[error("redirect_uris: at least one is needed")]
    NoRedirectUri,
    /// One of `allowed_origins` or `frame_ancestors` is not an origin.
    #[error("{0}: `{1}` must be an origin such as https://shop.example (or http on a loopback host)")]
    Origin(&'static str, String),
    /// Its own keys cannot be used, or are missing.
    #[error("{0}")]
    Keys(&'static str),
    /// `jwks` cannot be used.
    #[error("jwks: {0}")]
    Jwks(#[source] KeySetError),
    /// A list is too long.
    #[error("{0} has more than {MOST} entries, or one that is too long")]
    TooMany(&'static str),
    /// `redirect_uris` of several hosts have no sector in common, and none has none.
    #[error("sector_identifier_uri is needed: the redirect_uris have not exactly one host")]
    NoSector,
    /// It is told of the ends of sessions alone, and what a device got belongs to none.
    #[error("backchannel_logout_session_required: what the device grant gives has no session")]
    NoSession,
    /// The sector does not say that it knows the client.
    #[error("sector_identifier_uri does not answer a JSON array with all redirect_uris")]
    Sector,
    /// An address that is no good.
    #[error("{0} must be https (or http on a loopback host) without fragment or credentials")]
    Uri(&'static str),
    /// `logo` cannot be used.
    #[error(
        "logo must be a PNG of at most {LOGO_SIZE} bytes and 1024 pixels a side, as a data: URI; or name it by logo_file"
    )]
    Logo,
    /// The name of an API that no request could name.
    #[error("{0}: `{1}` must be an absolute URI without fragment (RFC 8707 section 2)")]
    Resource(&'static str, String),
    /// Less than its security profile demands.
    #[error("security_profile: {0}")]
    Profile(&'static str),
    /// Its results could leave the sector that it counts itself to.
    #[error(
        "sector_identifier_uri is needed: without it a pairwise client has https redirect_uris, allowed_origins of the same host, and no device grant"
    )]
    OutsideSector,
    /// What is not a client's to say.
    #[error("{0} cannot be set by the client")]
    NotYours(&'static str),
    /// Something else than what is registered already, and stays.
    #[error("{0} must be the registered one")]
    Other(&'static str),
    /// Something that this server does not do.
    #[error("{0}: `{1}` is not supported here")]
    Unsupported(&'static str, String),
}

impl ClientMetadata {
    /// Reads one client's metadata.
    pub fn from_json(json: Value) -> Result<Self, MetadataError> {
        if is_too_deep(&json) {
            return Err(MetadataError::Malformed("it is nested too deep".into()));
        }
        if let Some(name) = UNSUPPORTED.into_iter().find(|name| json.get(name).is_some()) {
            let value = &json[name];
            let said = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            return Err(MetadataError::Unsupported(name, said));
        }
        serde_json::from_value(json).map_err(|error| MetadataError::Malformed(error.to_string()))
    }

    /// Whether this client proves who it is with a secret. By default it does (RFC 7591 section 2).
    pub fn has_secret(&self) -> bool {
        !matches!(self.token_endpoint_auth_method.as_deref(), Some("none" | "private_key_jwt"))
    }

    /// The identifier that was given, if any.
    pub fn given_id(&self) -> Result<Option<ClientId>, MetadataError> {
        let id = self.client_id.as_deref();
        id.map(|text| ClientId::parse(text).ok_or(MetadataError::ClientId)).transpose()
    }

    /// Checks everything and makes the client. `secret` is the hash of its secret, given or made.
    pub fn into_client(self, id: &ClientId, secret: Option<Digest>) -> Result<Client, MetadataError> {
        if self.client_secret.as_ref().is_some_and(|s| s.0.len() < SECRET_LENGTH || !self.has_secret()) {
            return Err(MetadataError::Secret);
        }
        bounded("redirect_uris", &self.redirect_uris)?;
        bounded("post_logout_redirect_uris", &self.post_logout_redirect_uris)?;
        bounded("grant_types", self.grant_types.as_deref().unwrap_or_default())?;
        let unsupported = |what| move |value: &str| MetadataError::Unsupported(what, value.to_owned());
        if let Some(other) = self.response_types.iter().flatten().find(|kind| *kind != "code") {
            return Err(unsupported("response_types")(other));
        }
        let auth = match self.token_endpoint_auth_method.as_deref() {
            None => ClientAuth::ClientSecretBasic,
            Some(name) => {
                ClientAuth::parse(name).ok_or_else(|| unsupported("token_endpoint_auth_method")(name))?
            }
        };
        let profile = self.operator.security_profile;
        let auth_signing_alg = read_assertion_algorithm(self.token_endpoint_auth_signing_alg, profile)?;
        if auth.has_secret() != secret.is_some() {
            return Err(MetadataError::Secret);
        }
        let grant_types = match &self.grant_types {
            None => vec![GrantType::AuthorizationCode],
            Some(names) => names
                .iter()
                .map(|name| GrantType::parse(name).ok_or_else(|| unsupported("grant_types")(name)))
                .collect::<Result<_, _>>()?,
        };
        let keys = read_keys(self.jwks, self.jwks_uri)?;
        if grant_types.contains(&GrantType::JwtBearer) && keys.is_none() {
            return Err(MetadataError::Keys("the JWT bearer grant needs jwks or jwks_uri"));
        }
        if auth == ClientAuth::PrivateKeyJwt && keys.is_none() {
            return Err(MetadataError::Keys("private_key_jwt needs jwks or jwks_uri"));
        }
        let native = self.application_type == ApplicationType::Native && auth == ClientAuth::Public;
        let redirect_uris = read_redirect_uris(&self.redirect_uris, native)?;
        if redirect_uris.is_empty() && grant_types.contains(&GrantType::AuthorizationCode) {
            return Err(MetadataError::NoRedirectUri);
        }
        let operator = self.operator;
        let backchannel_logout_uri = check_uri("backchannel_logout_uri", self.backchannel_logout_uri)?;
        let sector_identifier_uri = check_uri("sector_identifier_uri", self.sector_identifier_uri)?;
        let client = Client {
            id: id.clone(),
            name: read_name(self.client_name)?,
            application_type: self.application_type,
            allowed_origins: read_origins("allowed_origins", self.allowed_origins)?,
            auth,
            auth_signing_alg,
            secrets: secret.map(|digest| ClientSecretHash { digest, expires_at: None }).into_iter().collect(),
            keys,
            grant_types,
            scopes: self.scope.as_deref().map_or_else(Scopes::standard, Scopes::parse),
            required_scopes: operator.required_scope.as_deref().map(Scopes::parse).unwrap_or_default(),
            id_token_alg: read_algorithm(
                ("id_token_signed_response_alg", self.id_token_signed_response_alg),
                match profile {
                    SecurityProfile::Fapi2 => SigningAlgorithm::Es256,
                    SecurityProfile::Standard => SigningAlgorithm::Rs256,
                },
            )?,
            access_token_alg: read_algorithm(
                ("access_token_signed_response_alg", self.access_token_signed_response_alg),
                SigningAlgorithm::of_access_tokens(),
            )?,
            first_party: operator.first_party,
            verified: operator.verified,
            logo: read_logo(operator.logo.as_deref())?,
            match_code: self.match_code,
            require_unlock: self.require_unlock,
            subject_type: match self.subject_type {
                SubjectTypeName::Public => SubjectType::Public,
                SubjectTypeName::Pairwise => {
                    SubjectType::Pairwise(read_sector(sector_identifier_uri.as_ref(), &redirect_uris)?)
                }
            },
            sector_identifier_uri,
            owner: operator.owner,
            profile,
            require_pushed_authorization_requests: self.require_pushed_authorization_requests,
            dpop_bound_access_tokens: self.dpop_bound_access_tokens,
            default_max_age: self.default_max_age,
            default_acr_values: read_classes(self.default_acr_values)?,
            post_logout_redirect_uris: read_redirect_uris(&self.post_logout_redirect_uris, native)?,
            backchannel_logout_uri,
            backchannel_logout_session_required: self.backchannel_logout_session_required,
            allowed_resources: read_resources("allowed_resources", operator.allowed_resources)?,
            protected_resources: read_resources("protected_resources", operator.protected_resources)?,
            provisions_accounts: operator.provisions_accounts,
            frame_ancestors: read_origins("frame_ancestors", operator.frame_ancestors)?,
            redirect_uris,
            about: check_about(self.about)?,
        };
        if client.backchannel_logout_session_required && client.may_use(GrantType::DeviceCode) {
            return Err(MetadataError::NoSession);
        }
        fapi::check_registration(&client).map_err(MetadataError::Profile)?;
        Ok(client)
    }
}

/// https, or http on a loopback host, without fragment and credentials.
fn check_uri(name: &'static str, uri: Option<Url>) -> Result<Option<Url>, MetadataError> {
    match uri {
        Some(uri) if RedirectUri::parse(uri.as_str()).is_none() => Err(MetadataError::Uri(name)),
        good => Ok(good),
    }
}

fn check_about(about: About) -> Result<About, MetadataError> {
    let uris = [&about.client_uri, &about.logo_uri, &about.policy_uri, &about.tos_uri];
    let named = ["client_uri", "logo_uri", "policy_uri", "tos_uri"].into_iter().zip(uris);
    for (name, uri) in named {
        check_uri(name, uri.clone())?;
    }
    bounded("contacts", &about.contacts)?;
    Ok(about)
}

/// How a client signs what proves who it is; `None`: by any algorithm that its profile allows.
fn read_assertion_algorithm(
    said: Option<String>,
    profile: SecurityProfile,
) -> Result<Option<AssertionAlgorithm>, MetadataError> {
    let Some(name) = said else { return Ok(None) };
    let known = AssertionAlgorithm::parse(&name).filter(|algorithm| algorithm.is_for(profile));
    known.map(Some).ok_or(MetadataError::Unsupported("token_endpoint_auth_signing_alg", name))
}

/// How tokens are signed: as this member says, or by default.
fn read_algorithm(
    (member, said): (&'static str, Option<String>),
    default: SigningAlgorithm,
) -> Result<SigningAlgorithm, MetadataError> {
    let Some(name) = said else { return Ok(default) };
    SigningAlgorithm::parse(&name).ok_or(MetadataError::Unsupported(member, name))
}

/// Authentication classes that this server can tell.
fn read_classes(names: Vec<String>) -> Result<Vec<String>, MetadataError> {
    bounded("default_acr_values", &names)?;
    match names.iter().find(|name| ContextClass::parse(name).is_none()) {
        Some(other) => Err(MetadataError::Unsupported("default_acr_values", other.clone())),
        None => Ok(names),
    }
}

fn read_logo(uri: Option<&str>) -> Result<Option<Logo>, MetadataError> {
    uri.map(|uri| Logo::from_data_uri(uri).ok_or(MetadataError::Logo)).transpose()
}

fn bounded(name: &'static str, list: &[String]) -> Result<(), MetadataError> {
    let fits = list.len() <= MOST && list.iter().all(|entry| entry.len() <= LONGEST);
    if fits { Ok(()) } else { Err(MetadataError::TooMany(name)) }
}

fn read_keys(jwks: Option<Value>, jwks_uri: Option<Url>) -> Result<Option<ClientKeys>, MetadataError> {
    match (jwks, jwks_uri) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(MetadataError::Keys("jwks and jwks_uri exclude each other")),
        (Some(jwks), None) => match KeySet::read(&jwks) {
            Ok(_) => Ok(Some(ClientKeys::Jwks(jwks))),
            Err(error) => Err(MetadataError::Jwks(error)),
        },
        (None, Some(uri)) if RedirectUri::parse(uri.as_str()).is_some() => Ok(Some(ClientKeys::JwksUri(uri))),
        (None, Some(_)) => Err(MetadataError::Uri("jwks_uri")),
    }
}

/// The host that pairwise identifiers are for (OpenID Connect Core section 8.1).
fn read_sector(uri: Option<&Url>, redirect_uris: &[RedirectUri]) -> Result<String, MetadataError> {
    if let Some(uri) = uri {
        return uri.host_str().map(str::to_owned).ok_or(MetadataError::Uri("sector_identifier_uri"));
    }
    let mut hosts: Vec<String> = redirect_uris.iter().map(RedirectUri::sector).collect();
    hosts.dedup();
    match hosts.as_slice() {
        [host] => Ok(host.clone()),
        _ => Err(MetadataError::NoSector),
    }
}

fn read_name(name: Option<String>) -> Result<String, MetadataError> {
    name.map(|name| name.trim().to_owned())
        .filter(|name| (1..=100).contains(&name.chars().count()) && is_plain(name))
        .ok_or(MetadataError::Name)
}

/// Only public native programs may have private-use schemes: whoever claims the scheme on the machine gets the answer.
fn read_redirect_uris(texts: &[String], native: bool) -> Result<Vec<RedirectUri>, MetadataError> {
    let read = |text: &String| {
        if native { RedirectUri::parse_native(text) } else { RedirectUri::parse(text) }
            .ok_or_else(|| MetadataError::RedirectUri(text.clone()))
    };
    texts.iter().map(read).collect()
}

/// An origin is kept exactly as browsers send it (RFC 6454 section 6.2).
fn read_origins(name: &'static str, texts: Vec<String>) -> Result<Vec<String>, MetadataError> {
    bounded(name, &texts)?;
    let good = |text: &str| {
        Url::parse(text).is_ok_and(|url| {
            url.origin().ascii_serialization() == text
                && (url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url)))
        })
    };
    match texts.iter().find(|text| !good(text)) {
        Some(bad) => Err(MetadataError::Origin(name, bad.clone())),
        None => Ok(texts),
    }
}

/// APIs, as requests and tokens name them.
fn read_resources(name: &'static str, texts: Vec<String>) -> Result<Vec<String>, MetadataError> {
    bounded(name, &texts)?;
    match texts.iter().find(|text| !is_resource(text)) {
        Some(bad) => Err(MetadataError::Resource(name, bad.clone())),
        None => Ok(texts),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn import(json: Value) -> Result<Client, MetadataError> {
        let metadata = ClientMetadata::from_json(json)?;
        let secret = metadata.has_secret().then(|| Digest::of("made"));
        metadata.into_client(&ClientId::parse("site").unwrap(), secret)
    }

    fn good() -> Value {
        json!({"client_name": "A site", "redirect_uris": ["https://a.example/cb"]})
    }

    fn with(name: &str, value: Value) -> Value {
        let mut metadata = good();
        metadata[name] = value;
        metadata
    }

    #[test]
    fn defaults_are_those_of_rfc_7591() {
        let client = import(good()).unwrap();
        assert_eq!(client.auth, ClientAuth::ClientSecretBasic);
        assert_eq!(client.grant_types, [GrantType::AuthorizationCode]);
        assert_eq!(client.id_token_alg, SigningAlgorithm::Rs256);
    }

    #[test]
    fn what_cannot_be_honoured_is_refused() {
        for (name, value) in [
            ("redirect_uris", json!(["http://a.example/cb"])),
            ("redirect_uris", json!([])),
            ("allowed_origins", json!(["https://a.example/"])),
            ("allowed_origins", json!(["null"])),
            ("client_name", json!("")),
            ("client_secret", json!("short")),
            ("token_endpoint_auth_method", json!("tls_client_auth")),
            ("grant_types", json!(["implicit"])),
            ("response_types", json!(["token"])),
            ("id_token_signed_response_alg", json!("none")),
            ("redirect_uris", json!("https://a.example/cb")),
            ("allowed_resources", json!(["orders"])),
            ("allowed_resources", json!(["https://api.example/#orders"])),
            ("protected_resources", json!(["/orders"])),
        ] {
            assert!(import(with(name, value.clone())).is_err(), "{name}: {value}");
        }
    }

    /// The host alone is the sector (OpenID Connect Core section 8.1).
    #[test]
    fn a_port_makes_no_other_sector() {
        let mut metadata = with("subject_type", json!("pairwise"));
        metadata["redirect_uris"] = json!(["https://a.example:8443/cb", "https://a.example/cb"]);
        assert_eq!(import(metadata).unwrap().subject_type, SubjectType::Pairwise("a.example".into()));
    }

    #[test]
    fn a_public_client_has_no_secret() {
        let mut metadata = with("token_endpoint_auth_method", json!("none"));
        assert_eq!(import(metadata.clone()).unwrap().auth, ClientAuth::Public);
        metadata["client_secret"] = json!("a".repeat(43));
        assert_eq!(import(metadata), Err(MetadataError::Secret));
    }
}
