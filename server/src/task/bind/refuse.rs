//! The methods of a deserializer that no list of arguments asks for, refused once for all who bind or probe.

macro_rules! no_list_of_arguments {
    (@each $($method:ident($($argument:ty),*) $what:literal;)*) => {
        $(fn $method<V: serde::de::Visitor<'de>>(self, $(_: $argument,)* _visitor: V) -> Result<V::Value, super::error::BindError> {
            Err(super::error::BindError::Shape($what))
        })*
    };
    () => {
        no_list_of_arguments! { @each
            deserialize_bool() "a boolean";
            deserialize_i8() "an integer";
            deserialize_i16() "an integer";
            deserialize_i32() "an integer";
            deserialize_i64() "an integer";
            deserialize_i128() "an integer";
            deserialize_u8() "an integer";
            deserialize_u16() "an integer";
            deserialize_u32() "an integer";
            deserialize_u64() "an integer";
            deserialize_u128() "an integer";
            deserialize_f32() "a number";
            deserialize_f64() "a number";
            deserialize_char() "a letter";
            deserialize_str() "a text";
            deserialize_string() "a text";
            deserialize_bytes() "a byte string";
            deserialize_byte_buf() "a byte string";
            deserialize_option() "an option";
            deserialize_identifier() "a name";
            deserialize_ignored_any() "a value to ignore";
            deserialize_enum(&'static str, &'static [&'static str]) "an enum";
        }
    };
}
pub(super) use no_list_of_arguments;
