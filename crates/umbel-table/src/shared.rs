//! A table that many regions hold together until one of them changes it.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// A value shared by all its clones; changing one of them copies it first.
///
/// A plan is a region with a few edits: all that it does not edit it holds together with its base, so that a thousand
/// plans cost little more than one.
#[derive(Debug, Default)]
pub struct Shared<T>(Arc<T>);

impl<T> Shared<T> {
    /// Whether two hold the very same value.
    pub fn is_same(&self, other: &Shared<T>) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Shared<T> {
        Shared(Arc::clone(&self.0))
    }
}

impl<T> From<T> for Shared<T> {
    fn from(value: T) -> Shared<T> {
        Shared(Arc::new(value))
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Clone> DerefMut for Shared<T> {
    fn deref_mut(&mut self) -> &mut T {
        Arc::make_mut(&mut self.0)
    }
}

impl<'a, T> IntoIterator for &'a Shared<T>
where
    &'a T: IntoIterator,
{
    type Item = <&'a T as IntoIterator>::Item;
    type IntoIter = <&'a T as IntoIterator>::IntoIter;

    fn into_iter(self) -> Self::IntoIter {
        (&**self).into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_is_the_same_value_until_it_is_changed() {
        let base: Shared<Vec<u8>> = vec![1, 2].into();
        let mut edited = base.clone();
        assert!(edited.is_same(&base));
        edited.push(3);
        assert!(!edited.is_same(&base));
        assert_eq!((base.as_slice(), edited.as_slice()), (&[1, 2][..], &[1, 2, 3][..]));
    }
}
