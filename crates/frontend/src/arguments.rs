//! Which argument becomes which parameter, where the function that is called is known.

use crate::builder::Builder;
use crate::call::UNPLAIN;
use crate::generator::GENERATOR;
use crate::value::{Slot, State, Val};
use whipsnake_contract::exit::Virtual;
use whipsnake_contract::snapshot::{Assumption, FunctionInfo, ObjectId, ObjectKind};

/// Where a parameter gets its value from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The argument with that number, as it was written: keywords last.
    Argument(usize),
    /// A default.
    Default(ObjectId),
    /// A tuple of so many arguments from that number on: `*args`.
    Rest(usize, usize),
    /// A dict of the keywords with these bits: `**kwargs`.
    Keywords(u64),
}

/// `CO_VARARGS`.
pub(crate) const VARARGS: u32 = 4;
/// `CO_VARKEYWORDS`.
pub(crate) const VARKEYWORDS: u32 = 8;
/// Longest tuple of further arguments that is made in parts.
pub(crate) const MAX_REST: usize = 8;

/// The sources of all parameters of a function that gets so many arguments, the last of them under these names. `None` if the call is
/// wrong, or the function takes arguments in other ways: the general way of calling knows what to do then.
pub(crate) fn sources(info: &FunctionInfo, given: usize, names: &[&str]) -> Option<Vec<Source>> {
    let positional = given.checked_sub(names.len())?;
    let count = info.argcount as usize;
    let (any_number, any_name) = (info.flags & VARARGS != 0, info.flags & VARKEYWORDS != 0);
    if info.flags & UNPLAIN & !(VARARGS | VARKEYWORDS | GENERATOR) != 0 || positional > count + if any_number { MAX_REST } else { 0 } || names.len() > 64 {
        return None;
    }
    let mut found = vec![None; count + info.kwonly as usize];
    let mut others = 0;
    found[..positional.min(count)].iter_mut().enumerate().for_each(|(index, source)| *source = Some(Source::Argument(index)));
    for (index, name) in names.iter().enumerate() {
        let parameter = info.parameters.iter().position(|parameter| parameter == name).filter(|&at| !any_name || at >= info.posonly as usize);
        let Some(parameter) = parameter else {
            if !any_name {
                return None;
            }
            others |= 1 << index;
            continue;
        };
        if parameter < info.posonly as usize || found[parameter].is_some() {
            return None;
        }
        found[parameter] = Some(Source::Argument(positional + index));
    }
    let first_default = count.checked_sub(info.defaults.len())?;
    for (index, &default) in info.defaults.iter().enumerate() {
        found[first_default + index].get_or_insert(Source::Default(default));
    }
    for (source, default) in found[count..].iter_mut().zip(&info.keyword_only_defaults) {
        *source = source.or(default.map(Source::Default));
    }
    if any_number {
        found.push(Some(Source::Rest(count, positional.saturating_sub(count))));
    }
    if any_name {
        found.push(Some(Source::Keywords(others)));
    }
    found.into_iter().collect()
}

/// True if the parameters are single objects, which the caller can hand over as they are.
pub(crate) fn are_single(sources: &[Source]) -> bool {
    !sources.iter().any(|source| matches!(source, Source::Rest(..) | Source::Keywords(_)))
}

/// True if a parameter has its default.
pub(crate) fn uses_defaults(sources: &[Source]) -> bool {
    sources.iter().any(|source| matches!(source, Source::Default(_)))
}

/// The arguments in the order of the parameters; the last ones are keywords with these names.
pub(crate) fn arranged(sources: &[Source], arguments: Vec<Slot>, names: &[ObjectId]) -> Vec<Slot> {
    let positional = arguments.len() - names.len();
    let mut arguments: Vec<Option<Slot>> = arguments.into_iter().map(Some).collect();
    sources
        .iter()
        .map(|source| match *source {
            Source::Argument(index) => arguments[index].take().expect("each argument is for one parameter"),
            Source::Default(default) => Slot::borrowed(Val::Const(default)),
            Source::Rest(first, count) => {
                // With no further ones, defaults may stand where they would begin.
                let rest = arguments.get_mut(first..first + count).unwrap_or_default();
                let parts = rest.iter_mut().map(|slot| slot.take().expect("each argument is for one parameter"));
                Slot::borrowed(Val::Virtual(Virtual::Tuple, parts.collect()))
            }
            Source::Keywords(others) => {
                let mut parts = Vec::new();
                for (index, &name) in names.iter().enumerate().filter(|(index, _)| others >> index & 1 != 0) {
                    let value = arguments[positional + index].take().expect("each argument is for one parameter");
                    parts.extend([Slot::borrowed(Val::Const(name)), value]);
                }
                Slot::borrowed(Val::Virtual(Virtual::Dict, parts))
            }
        })
        .collect()
}

impl Builder<'_> {
    /// Relies on a function to stay as it is, with its defaults.
    pub(crate) fn assume_function(&mut self, info: &FunctionInfo) {
        self.assume(Assumption::Function { address: info.address });
        for (name, default) in info.parameters.iter().skip(info.argcount as usize).zip(&info.keyword_only_defaults) {
            if let Some(default) = default {
                let value = self.snapshot.objects[*default as usize].address;
                self.assume(Assumption::DictEntry { dict: info.keyword_only_dict, name: name.clone(), value });
            }
        }
    }

    /// The names of keywords on top of the stack, where they are constants.
    pub(crate) fn keyword_names(&self, state: &State) -> Option<Vec<ObjectId>> {
        let Val::Const(names) = state.peek(1).val else { return None };
        let ObjectKind::Tuple(names) = self.kind(names) else { return None };
        names.iter().all(|&name| matches!(self.kind(name), ObjectKind::Str(_))).then(|| names.clone())
    }

    /// [`sources`] for names that are objects.
    pub(crate) fn sources(&self, info: &FunctionInfo, given: usize, names: &[ObjectId]) -> Option<Vec<Source>> {
        let text = |&name: &ObjectId| match self.kind(name) {
            ObjectKind::Str(text) => Some(text.as_str()),
            _ => None,
        };
        let names: Option<Vec<&str>> = names.iter().map(text).collect();
        sources(info, given, &names?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(parameters: &[&str], posonly: u32, kwonly: u32, defaults: Vec<ObjectId>) -> FunctionInfo {
        FunctionInfo {
            address: 0,
            code: None,
            code_address: 0,
            defaults,
            defaults_tuple: None,
            keyword_only_defaults: Vec::new(),
            keyword_only_dict: 0,
            argcount: parameters.len() as u32 - kwonly,
            flags: 0,
            kwonly,
            posonly,
            closure: Vec::new(),
            parameters: parameters.iter().map(|&name| name.to_owned()).collect(),
            globals: 0,
            unit: 0,
        }
    }

    #[test]
    fn keywords_and_defaults_find_their_parameters() {
        use Source::{Argument as A, Default as D};
        let f = function(&["a", "b", "c"], 0, 0, vec![7, 8]);
        assert_eq!(sources(&f, 1, &[]), Some(vec![A(0), D(7), D(8)]));
        assert_eq!(sources(&f, 3, &["c", "b"]), Some(vec![A(0), A(2), A(1)]));
        assert_eq!(sources(&f, 2, &["c", "a"]), Some(vec![A(1), D(7), A(0)]));
        let g = function(&["a", "k"], 0, 1, vec![]);
        assert_eq!(sources(&g, 2, &["k"]), Some(vec![A(0), A(1)]));
    }

    #[test]
    fn wrong_calls_are_left_to_the_general_way() {
        let f = function(&["a", "b"], 1, 0, vec![5]);
        assert_eq!(sources(&f, 0, &[]), None, "a is missing");
        assert_eq!(sources(&f, 3, &[]), None, "too many");
        assert_eq!(sources(&f, 2, &["x"]), None, "no such parameter");
        assert_eq!(sources(&f, 2, &["a"]), None, "a is positional only, and given twice");
        assert_eq!(sources(&f, 3, &["b", "b"]), None, "b is given twice");
        let g = function(&["a", "k"], 0, 1, vec![]);
        assert_eq!(sources(&g, 1, &[]), None, "k has no default");
        let defaults = FunctionInfo { keyword_only_defaults: vec![Some(9)], ..g.clone() };
        assert_eq!(sources(&defaults, 1, &[]), Some(vec![Source::Argument(0), Source::Default(9)]));
        assert_eq!(sources(&defaults, 2, &["k"]), Some(vec![Source::Argument(0), Source::Argument(1)]));
        assert_eq!(sources(&g, 2, &[]), None, "k is no positional parameter");
    }
}
