//! How a user is let in: by a key, a password, answers to questions, or the agent, in the order that Go follows.

use std::sync::Arc;

use russh::client::{AuthResult, Handle, KeyboardInteractiveAuthResponse};
use russh::keys::agent::AgentIdentity;
use russh::keys::signature::Signer as _;
use russh::keys::ssh_encoding::Encode as _;
use russh::keys::ssh_key::private::KeypairData;
use russh::keys::{Algorithm, Certificate, HashAlg, PrivateKey, PrivateKeyWithHashAlg};
use russh::{MethodKind, MethodSet, Signer};

use super::agent::Agent;
use super::keys::{Credentials, Identity};
use super::session::{Failure, Heard, Watch};

/// A machine that asks for one proof after another is not followed for ever.
const MOST_STEPS: usize = 32;

/// How a user can prove to be who they say they are.
enum Proof<'a> {
    Key(&'a Identity),
    Password(&'a str),
    Answers(&'a str),
    Agent(&'a Agent),
}

enum Answer {
    Welcome,
    /// Also after a proof that was one of several.
    Refused {
        next: MethodSet,
        partial: bool,
        why: Option<String>,
    },
}

/// Offers what there is until the machine lets the user in. Each method is tried once: with a key that is refused, the
/// agent is not asked.
pub(super) async fn authenticate(
    handle: &mut Handle<Watch>,
    credentials: &Credentials<'_>,
    agent: Option<&Agent>,
    heard: &Heard,
) -> Result<(), String> {
    let login = credentials.login;
    let password = Some(login.password.as_str()).filter(|password| !password.is_empty());
    let proofs: Vec<Proof<'_>> = [
        credentials.identity.as_ref().map(Proof::Key),
        password.map(Proof::Password),
        password.map(Proof::Answers),
        agent.map(Proof::Agent),
    ]
    .into_iter()
    .flatten()
    .collect();
    let told = |failure: Failure| heard.explain(failure);
    let first = handle.authenticate_none(&login.user).await;
    let mut answer = Answer::from(first.map_err(|error| told(error.into()))?);
    let mut method = "none";
    let mut tried = Vec::new();
    let mut offered = MethodSet::empty();
    for _ in 0..MOST_STEPS {
        let Answer::Refused { next, partial, why } = answer else { return Ok(()) };
        if handle.is_closed() {
            return Err(heard.farewell());
        }
        if !partial && !tried.contains(&method) {
            tried.push(method);
        }
        if !next.is_empty() {
            offered = next;
        }
        let usable = |proof: &&Proof<'_>| !tried.contains(&proof.name()) && offered.contains(&proof.kind());
        let Some(proof) = proofs.iter().find(usable) else {
            return Err(why.unwrap_or_else(|| {
                let tried = tried.join(" ");
                format!(
                    "ssh: unable to authenticate, attempted methods [{tried}], no supported methods remain"
                )
            }));
        };
        method = proof.name();
        answer = proof.offer(handle, &login.user).await.map_err(told)?;
    }
    Err("ssh: too many authentication methods in a row".to_owned())
}

impl Proof<'_> {
    fn kind(&self) -> MethodKind {
        match self {
            Proof::Key(_) | Proof::Agent(_) => MethodKind::PublicKey,
            Proof::Password(_) => MethodKind::Password,
            Proof::Answers(_) => MethodKind::KeyboardInteractive,
        }
    }

    fn name(&self) -> &'static str {
        (&self.kind()).into()
    }

    async fn offer(&self, handle: &mut Handle<Watch>, user: &str) -> Result<Answer, Failure> {
        match self {
            Proof::Password(password) => Ok(handle.authenticate_password(user, *password).await?.into()),
            Proof::Answers(password) => Ok(answer_questions(handle, user, password).await?),
            Proof::Key(Identity { key, certificate: Some(certificate) }) => {
                certified(handle, user, key, certificate).await
            }
            Proof::Key(Identity { key, certificate: None }) => {
                let hash = hash_for(handle, &key.algorithm()).await?;
                let key = PrivateKeyWithHashAlg::new(Arc::clone(key), hash);
                Ok(handle.authenticate_publickey(user, key).await?.into())
            }
            Proof::Agent(agent) => Ok(ask_agent(handle, user, agent).await?),
        }
    }
}

/// Offers a certificate. With an RSA key in each of the ways to sign of today: what the machine says that it knows need
/// not be what it takes from those who have a certificate.
async fn certified(
    handle: &mut Handle<Watch>,
    user: &str,
    key: &PrivateKey,
    certificate: &Certificate,
) -> Result<Answer, Failure> {
    let best = hash_for(handle, &key.algorithm()).await?;
    let others = [HashAlg::Sha512, HashAlg::Sha256].map(Some).into_iter().filter(|hash| *hash != best);
    let others = others.filter(|_| key.algorithm().is_rsa());
    let mut last = Answer::Refused { next: MethodSet::empty(), partial: false, why: None };
    for hash in [best].into_iter().chain(others) {
        let signer = &mut Own(key);
        let done = handle.authenticate_certificate_with(user, certificate.clone(), hash, signer).await?;
        last = done.into();
        let goes_on = matches!(last, Answer::Refused { partial: false, .. });
        if !goes_on || handle.is_closed() {
            break;
        }
    }
    Ok(last)
}

/// Signs with the key that a certificate is for. The library would do that, too, but with RSA by SHA-1 alone, which
/// machines of today refuse.
struct Own<'a>(&'a PrivateKey);

impl Signer for Own<'_> {
    type Error = Failure;

    async fn auth_sign(
        &mut self,
        _: &AgentIdentity,
        hash: Option<HashAlg>,
        mut data: Vec<u8>,
    ) -> Result<Vec<u8>, Failure> {
        let signature = match self.0.key_data() {
            KeypairData::Rsa(pair) => (pair, hash).try_sign(&data),
            _ => self.0.try_sign(&data),
        };
        // Behind what is signed, with its length.
        signature.map_err(russh::Error::from)?.encode_prefixed(&mut data).map_err(russh::Error::from)?;
        Ok(data)
    }
}

/// Every question is answered with the password.
async fn answer_questions(
    handle: &mut Handle<Watch>,
    user: &str,
    password: &str,
) -> Result<Answer, russh::Error> {
    let mut asked = false;
    let mut response = handle.authenticate_keyboard_interactive_start(user, None).await?;
    for _ in 0..MOST_STEPS {
        match response {
            KeyboardInteractiveAuthResponse::Success => return Ok(Answer::Welcome),
            KeyboardInteractiveAuthResponse::Failure { remaining_methods, partial_success } => {
                let nothing_asked = !asked && !partial_success;
                return Ok(Answer::Refused {
                    next: remaining_methods,
                    partial: partial_success,
                    // The numbers of the messages "failure" and "question".
                    why: nothing_asked.then(|| "ssh: unexpected message type 51 (expected 60)".to_owned()),
                });
            }
            KeyboardInteractiveAuthResponse::InfoRequest { prompts, .. } => {
                asked = true;
                let answers = prompts.iter().map(|_| password.to_owned()).collect();
                response = handle.authenticate_keyboard_interactive_respond(answers).await?;
            }
        }
    }
    Err(russh::Error::Inconsistent)
}

/// Tries the keys of the agent, one after the other.
async fn ask_agent(handle: &mut Handle<Watch>, user: &str, agent: &Agent) -> Result<Answer, russh::Error> {
    let mut last = Answer::Refused { next: MethodSet::empty(), partial: false, why: None };
    let (identities, mut client) = match agent.identities().await {
        Ok(found) => found,
        Err(why) => {
            return Ok(Answer::Refused { next: MethodSet::empty(), partial: false, why: Some(why) });
        }
    };
    for identity in identities {
        let hash = hash_for(handle, &identity.public_key().algorithm()).await?;
        let signed = match identity {
            AgentIdentity::PublicKey { key, .. } => {
                handle.authenticate_publickey_with(user, key, hash, &mut client).await
            }
            AgentIdentity::Certificate { certificate, .. } => {
                handle.authenticate_certificate_with(user, certificate, hash, &mut client).await
            }
        };
        last = match signed {
            Ok(result) => result.into(),
            // One that the agent does not sign with leaves the others.
            Err(why) => Answer::Refused {
                next: MethodSet::empty(),
                partial: false,
                why: Some(format!("agent: {why}")),
            },
        };
        let goes_on = matches!(last, Answer::Refused { partial: false, .. });
        if !goes_on || handle.is_closed() {
            break;
        }
    }
    Ok(last)
}

/// What an RSA key signs with, as the machine says that it knows. Other keys leave no choice.
async fn hash_for(handle: &Handle<Watch>, algorithm: &Algorithm) -> Result<Option<HashAlg>, russh::Error> {
    match algorithm {
        Algorithm::Rsa { .. } => Ok(handle.best_supported_rsa_hash().await?.flatten()),
        _ => Ok(None),
    }
}

impl From<AuthResult> for Answer {
    fn from(result: AuthResult) -> Answer {
        match result {
            AuthResult::Success => Answer::Welcome,
            AuthResult::Failure { remaining_methods, partial_success } => {
                Answer::Refused { next: remaining_methods, partial: partial_success, why: None }
            }
        }
    }
}
