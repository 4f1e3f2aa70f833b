//! Thumbnails that this tab has fetched: the latest stay in memory, so that scrolling back and stepping
//! between pages asks nothing anew.

use std::collections::HashMap;

use leptos::prelude::*;
use uuid::Uuid;

use crate::api::{Api, ApiError, ObjectUrl};

/// Thumbnails kept: some 10 MB.
const KEPT: usize = 800;

/// The thumbnails of this application.
#[derive(Clone, Copy)]
pub struct Thumbnails(StoredValue<Recent<ObjectUrl>, LocalStorage>);

impl Thumbnails {
    /// None yet.
    pub fn new() -> Self {
        Self(StoredValue::new_local(Recent::new(KEPT)))
    }

    /// The thumbnails of this application.
    pub fn here() -> Self {
        expect_context()
    }

    /// The address of a thumbnail that is there already.
    pub fn kept(self, image_id: Uuid) -> Option<String> {
        self.0
            .try_update_value(|kept| kept.get(image_id).map(|url| url.as_str().to_owned()))?
    }

    /// Fetches a thumbnail and gives its address.
    pub async fn fetch(
        self,
        api: Api,
        image_id: Uuid,
        signal: Option<web_sys::AbortSignal>,
    ) -> Result<String, ApiError> {
        let blob = api
            .file(&format!("/images/{image_id}/thumbnail"), signal)
            .await?;
        let url = ObjectUrl::of(&blob)
            .ok_or_else(|| ApiError::Unreadable("the browser refused a picture".to_owned()))?;
        let address = url.as_str().to_owned();
        self.0.try_update_value(|kept| kept.put(image_id, url));
        Ok(address)
    }
}

impl Default for Thumbnails {
    fn default() -> Self {
        Self::new()
    }
}

/// Values by id, of which the ones not used for longest go when there are too many.
struct Recent<V> {
    most: usize,
    clock: u64,
    values: HashMap<Uuid, (u64, V)>,
}

impl<V> Recent<V> {
    fn new(most: usize) -> Self {
        Self {
            most,
            clock: 0,
            values: HashMap::new(),
        }
    }

    fn get(&mut self, id: Uuid) -> Option<&V> {
        self.clock += 1;
        let (used, value) = self.values.get_mut(&id)?;
        *used = self.clock;
        Some(value)
    }

    fn put(&mut self, id: Uuid, value: V) {
        self.clock += 1;
        self.values.insert(id, (self.clock, value));
        if self.values.len() > self.most {
            let oldest = self.values.iter().min_by_key(|(_, (used, _))| *used);
            if let Some(id) = oldest.map(|(id, _)| *id) {
                self.values.remove(&id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_not_used_for_longest_goes() {
        let [first, second, third] = [1, 2, 3].map(Uuid::from_u128);
        let mut kept = Recent::new(2);
        kept.put(first, "first");
        kept.put(second, "second");
        assert_eq!(kept.get(first), Some(&"first"));
        kept.put(third, "third");
        assert_eq!(kept.get(second), None);
        assert_eq!(kept.get(first), Some(&"first"));
        assert_eq!(kept.get(third), Some(&"third"));
    }
}
