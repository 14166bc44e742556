//! The form in which `rules/` is part of the program: TOML values that the build script has parsed, so that a start does not.
//!
//! The form describes itself, so that one `Deserialize` serves for it and for TOML. It says that it is not for people to read: what a
//! type checks of a text that people wrote (is it a regular expression, do its braces close) it may leave out then, because a test
//! reads all of `rules/` as TOML too.

use serde::Deserialize;
use serde::de::value::{BorrowedStrDeserializer, Error, MapAccessDeserializer};
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

#[cfg(test)]
mod encode;
mod tag;

/// Reads a packed value.
///
/// # Errors
/// If it is not of the type, or cut off.
pub fn read<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, Error> {
    T::deserialize(&mut Reader { rest: bytes })
}

/// A place in packed bytes.
struct Reader<'de> {
    rest: &'de [u8],
}

impl<'de> Reader<'de> {
    fn byte(&mut self) -> Result<u8, Error> {
        let (&byte, rest) = self.rest.split_first().ok_or_else(cut_off)?;
        self.rest = rest;
        Ok(byte)
    }

    fn number(&mut self) -> Result<u64, Error> {
        let (mut number, mut shift) = (0_u64, 0);
        loop {
            let byte = self.byte()?;
            number |= u64::from(byte & 127).checked_shl(shift).ok_or_else(cut_off)?;
            if byte < 128 {
                return Ok(number);
            }
            shift += 7;
        }
    }

    fn bytes(&mut self, length: usize) -> Result<&'de [u8], Error> {
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or_else(cut_off)?;
        self.rest = rest;
        Ok(bytes)
    }

    fn text(&mut self) -> Result<&'de str, Error> {
        let length = self.number()? as usize;
        std::str::from_utf8(self.bytes(length)?).map_err(Error::custom)
    }

    fn members(&mut self) -> Result<Members<'_, 'de>, Error> {
        let left = self.number()?;
        Ok(Members { reader: self, left })
    }

    fn signed(&mut self) -> Result<i64, Error> {
        let number = self.number()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }
}

fn cut_off() -> Error {
    Error::custom("the packed value is cut off")
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.byte()? {
            tag::FALSE => visitor.visit_bool(false),
            tag::TRUE => visitor.visit_bool(true),
            tag::INTEGER => visitor.visit_i64(self.signed()?),
            tag::FLOAT => {
                let bytes = self.bytes(size_of::<f64>())?.try_into().map_err(|_| cut_off())?;
                visitor.visit_f64(f64::from_le_bytes(bytes))
            }
            tag::TEXT => visitor.visit_borrowed_str(self.text()?),
            tag::ARRAY => visitor.visit_seq(self.members()?),
            tag::TABLE => visitor.visit_map(self.members()?),
            tag::LATER => {
                let length = self.number()? as usize;
                visitor.visit_borrowed_bytes(self.bytes(length)?)
            }
            _ => Err(Error::custom("no packed value begins so")),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        match self.byte()? {
            tag::TEXT => visitor.visit_enum(BorrowedStrDeserializer::new(self.text()?)),
            tag::TABLE => visitor.visit_enum(MapAccessDeserializer::new(self.members()?)),
            _ => Err(Error::custom("a variant is a text, or a table of one entry")),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name.starts_with("$__serde_spanned") {
            return visitor.visit_map(Placeless { reader: self, fields });
        }
        self.deserialize_any(visitor)
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct seq tuple tuple_struct map identifier ignored_any
    }
}

/// The members of an array or a table.
struct Members<'r, 'de> {
    reader: &'r mut Reader<'de>,
    left: u64,
}

impl Members<'_, '_> {
    fn goes_on(&mut self) -> bool {
        let goes_on = self.left > 0;
        self.left = self.left.saturating_sub(1);
        goes_on
    }

    /// How many are to come, as far as the bytes can hold them.
    fn hint(&self) -> usize {
        usize::try_from(self.left).unwrap_or(usize::MAX).min(self.reader.rest.len())
    }
}

impl<'de> SeqAccess<'de> for Members<'_, 'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        if self.goes_on() { seed.deserialize(&mut *self.reader).map(Some) } else { Ok(None) }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.hint())
    }
}

impl<'de> MapAccess<'de> for Members<'_, 'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        if !self.goes_on() {
            return Ok(None);
        }
        let key = self.reader.text()?;
        seed.deserialize(BorrowedStrDeserializer::new(key)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(&mut *self.reader)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.hint())
    }
}

/// A `toml::Spanned` value, which has no place any more: its fields are the place's beginning and end, and the value.
struct Placeless<'r, 'de> {
    reader: &'r mut Reader<'de>,
    fields: &'static [&'static str],
}

impl<'de> MapAccess<'de> for Placeless<'_, 'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some(field) = self.fields.first() else { return Ok(None) };
        seed.deserialize(BorrowedStrDeserializer::new(field)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Error> {
        let (field, rest) = self.fields.split_first().ok_or_else(cut_off)?;
        self.fields = rest;
        if field.ends_with("_value") {
            return seed.deserialize(&mut *self.reader);
        }
        seed.deserialize(serde::de::value::UsizeDeserializer::new(0))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn packed(text: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        encode::encode(&toml::from_str(text).expect("TOML"), &["later"], &mut bytes);
        bytes
    }

    #[test]
    fn a_packed_table_is_the_table() {
        let text = "a = [1, -70000, 1.5, true]\nb = { c = 'é', d = [] }\n[[e]]\nf = 'g'\n[[e]]\nf = 'h'";
        let read: toml::Value = read(&packed(text)).expect("a value");
        assert_eq!(read, toml::from_str(text).expect("TOML"));
    }

    #[test]
    fn options_variants_and_spanned_values_are_read() {
        #[derive(Debug, PartialEq, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        enum Sort {
            OneWord,
        }
        #[derive(Debug, PartialEq, Deserialize)]
        struct Row {
            a: Option<u8>,
            sort: Sort,
            list: Vec<toml::Spanned<String>>,
            day: crate::rule::Date,
        }
        let row: Row = read(&packed("a = 7\nsort = 'one-word'\nlist = ['x']\nday = 2022-08-03")).expect("a row");
        assert_eq!((row.a, row.sort, row.day.to_string().as_str()), (Some(7), Sort::OneWord, "2022-08-03"));
        assert_eq!(row.list[0].get_ref(), "x");
        assert!(read::<Row>(&packed("a = 'no number'")).is_err());
    }

    #[test]
    fn cut_off_bytes_are_an_error() {
        let bytes = packed("a = 'bcd'\ne = [1, 2.0]");
        assert!((0..bytes.len()).all(|end| read::<BTreeMap<String, toml::Value>>(&bytes[..end]).is_err()));
    }
}
