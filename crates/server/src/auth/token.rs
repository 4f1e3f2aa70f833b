//! The access token: a JWT, signed with HS256, that counts 15 minutes.

use std::time::Duration;

use chrono::Utc;
use contract::user::Role;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::ApiError;

/// Who issues the tokens, so that another product's token with a shared key is none of ours.
const ISSUER: &str = "wafermaps";

/// What an access token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// User.
    pub sub: Uuid,
    /// Role at the time of issue: for clients; the server asks the database.
    pub role: Role,
    /// Session: the family of refresh tokens that one sign-in began.
    pub sid: Uuid,
    /// Issuer.
    pub iss: String,
    /// Issued at, seconds since 1970.
    pub iat: i64,
    /// Expires at, seconds since 1970.
    pub exp: i64,
}

/// The key that signs and checks.
pub struct Keys {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(..)")
    }
}

impl Keys {
    /// Keys from 32 secret bytes.
    #[must_use]
    pub fn new(secret: &[u8; 32]) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = 0;
        validation.set_issuer(&[ISSUER]);
        validation.set_required_spec_claims(&["exp", "iss", "sub"]);
        Self {
            encoding: EncodingKey::from_secret(secret),
            decoding: DecodingKey::from_secret(secret),
            validation,
        }
    }

    /// A token for a user's session that counts for `life`; with `life` zero it has expired already.
    ///
    /// # Errors
    /// When signing fails.
    pub fn issue(
        &self,
        user: Uuid,
        role: Role,
        session: Uuid,
        life: Duration,
    ) -> anyhow::Result<String> {
        let now = Utc::now().timestamp();
        let claims = Claims {
            sub: user,
            role,
            sid: session,
            iss: ISSUER.to_owned(),
            iat: now,
            exp: now.saturating_add_unsigned(life.as_secs()),
        };
        Ok(jsonwebtoken::encode(
            &Header::new(Algorithm::HS256),
            &claims,
            &self.encoding,
        )?)
    }

    /// What a token says, if it is ours and still counts.
    ///
    /// # Errors
    /// [`ApiError::TokenExpired`] or [`ApiError::Unauthenticated`].
    pub fn read(&self, token: &str) -> Result<Claims, ApiError> {
        match jsonwebtoken::decode::<Claims>(token, &self.decoding, &self.validation) {
            // The library lets a token pass in its last second; RFC 7519 does not.
            Ok(data) if data.claims.exp <= Utc::now().timestamp() => Err(ApiError::TokenExpired),
            Ok(data) => Ok(data.claims),
            Err(error) if *error.kind() == ErrorKind::ExpiredSignature => {
                Err(ApiError::TokenExpired)
            }
            Err(_) => Err(ApiError::Unauthenticated),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn issue(keys: &Keys, life: Duration) -> String {
        keys.issue(Uuid::from_u128(1), Role::Viewer, Uuid::from_u128(2), life)
            .expect("is signed")
    }

    #[test]
    fn a_token_is_read_as_it_was_issued() {
        let keys = Keys::new(&[7; 32]);
        let claims = keys.read(&issue(&keys, MINUTE)).expect("counts");
        assert_eq!(
            (claims.sub, claims.role, claims.sid),
            (Uuid::from_u128(1), Role::Viewer, Uuid::from_u128(2))
        );
    }

    #[test]
    fn an_expired_token_is_told_apart_from_a_foreign_one() {
        let keys = Keys::new(&[7; 32]);
        let now = Utc::now().timestamp();
        let old = Claims {
            sub: Uuid::nil(),
            role: Role::Admin,
            sid: Uuid::nil(),
            iss: ISSUER.into(),
            iat: now - 2,
            exp: now - 1,
        };
        let old = jsonwebtoken::encode(&Header::default(), &old, &keys.encoding).expect("signs");
        assert!(matches!(keys.read(&old), Err(ApiError::TokenExpired)));
        let foreign = issue(&Keys::new(&[8; 32]), MINUTE);
        assert!(matches!(
            keys.read(&foreign),
            Err(ApiError::Unauthenticated)
        ));
    }

    #[test]
    fn a_token_without_signature_is_refused() {
        let keys = Keys::new(&[7; 32]);
        let token = issue(&keys, MINUTE);
        let (_, rest) = token.split_once('.').expect("has parts");
        let payload = rest.split('.').next().expect("has a payload");
        // {"alg":"none","typ":"JWT"}
        let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{payload}.");
        assert!(matches!(
            keys.read(&unsigned),
            Err(ApiError::Unauthenticated)
        ));
    }
}
