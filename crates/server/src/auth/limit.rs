//! How often one may try to sign in and to refresh.

use std::num::NonZeroU32;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::config::Limits;
use crate::error::ApiError;

/// Keys above which those that are no longer held back are forgotten.
const KEYS_KEPT: usize = 10_000;

/// The counters.
#[derive(Debug)]
pub struct RateLimits {
    login_address: DefaultKeyedRateLimiter<String>,
    login_username: DefaultKeyedRateLimiter<String>,
    refresh_address: DefaultKeyedRateLimiter<String>,
}

impl RateLimits {
    /// Counters that allow what `limits` says.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        let limiter = |per_minute: u32| {
            RateLimiter::keyed(Quota::per_minute(
                NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN),
            ))
        };
        Self {
            login_address: limiter(limits.logins_per_address),
            login_username: limiter(limits.logins_per_username),
            refresh_address: limiter(limits.refreshes_per_address),
        }
    }

    /// Counts one attempt to sign in.
    ///
    /// # Errors
    /// [`ApiError::RateLimited`] with the seconds to wait.
    pub fn login(&self, address: Option<&str>, username: &str) -> Result<(), ApiError> {
        count(&self.login_address, address.unwrap_or_default())?;
        count(&self.login_username, &username.trim().to_lowercase())
    }

    /// Counts one attempt to refresh.
    ///
    /// # Errors
    /// [`ApiError::RateLimited`] with the seconds to wait.
    pub fn refresh(&self, address: Option<&str>) -> Result<(), ApiError> {
        count(&self.refresh_address, address.unwrap_or_default())
    }
}

fn count(limiter: &DefaultKeyedRateLimiter<String>, key: &str) -> Result<(), ApiError> {
    if limiter.len() > KEYS_KEPT {
        limiter.retain_recent();
    }
    let key: String = key.chars().take(128).collect();
    limiter.check_key(&key).map_err(|refusal| {
        let wait = refusal.wait_time_from(DefaultClock::default().now());
        ApiError::RateLimited(wait.as_secs() + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_username_is_held_back_whatever_its_case_and_wherever_from() {
        let limits = RateLimits::new(&Limits {
            logins_per_address: 100,
            logins_per_username: 2,
            refreshes_per_address: 1,
        });
        assert!(limits.login(Some("192.0.2.1"), "ada").is_ok());
        assert!(limits.login(Some("192.0.2.2"), "Ada").is_ok());
        let third = limits.login(Some("192.0.2.3"), "ADA");
        assert!(matches!(third, Err(ApiError::RateLimited(1..=31))));
        assert!(limits.login(Some("192.0.2.3"), "bob").is_ok());
    }
}
