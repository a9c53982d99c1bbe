//! Runtime functions that native code calls, declared once: signature, effects, ownership, text.
//!
//! Objects are passed borrowed and returned owned unless stated otherwise; a NULL result means that an exception is set. From
//! this table come the ids, the signatures for backends, the effect summary for passes, and the list
//! of functions the runtime must define (a missing one is a compile error there).

use serde::{Deserialize, Serialize};

/// Words that `heap_places` may store: more than a list in memory can have levels.
pub const HEAP_PLACES: usize = 64;

/// Words in which `dict_can_set_plain` leaves what it found.
pub const FOUND_TO_SET: i64 = 5;

/// Kind of a helper's argument or result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Arg {
    /// An object pointer.
    Obj,
    /// A raw pointer.
    Ptr,
    /// A 64-bit integer.
    I64,
    /// A double.
    F64,
}

/// How much a helper may do besides computing its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HelperEffect {
    /// Depends on its arguments only, touches nothing.
    Pure,
    /// May allocate or free plain memory; runs no Python code and changes no existing object.
    Allocates,
    /// Changes containers it was given; runs no Python code.
    Mutates,
    /// Anything may happen: Python code may run, frames may be looked at.
    Any,
    /// The same, unless the result is positive: then no Python code has run, nor has anything ended that assumptions rest on.
    Tells,
}

impl HelperEffect {
    /// True unless it is sure that no Python code runs.
    pub const fn may_run_python(self) -> bool {
        matches!(self, HelperEffect::Any | HelperEffect::Tells)
    }
}

/// One declared helper.
#[derive(Clone, Copy, Debug)]
pub struct HelperInfo {
    /// Name, also in text IR.
    pub name: &'static str,
    /// Argument kinds.
    pub args: &'static [Arg],
    /// Result kind, if any.
    pub result: Option<Arg>,
    /// What it may do.
    pub effect: HelperEffect,
    /// What it does.
    pub doc: &'static str,
}

/// Calls the macro given with the table of all helpers:
/// `name (arg: Kind, …) -> Kind, Effect, "doc";`
#[macro_export]
macro_rules! for_each_helper {
    ($m:ident) => { $m! {
        box_int(value: I64) -> Obj, Allocates, "A new int (or the shared small one).";
        box_float(value: F64) -> Obj, Allocates, "A new float.";
        unbox_int_slow(object: Obj, out: Ptr) -> I64, Pure, "Stores an exact int's value to `out` and returns 1, or returns 0 if it does not fit 64 bits.";
        dealloc(object: Obj) -> (), Any, "Destroys an object whose reference count reached zero.";
        dealloc_leaf(object: Obj) -> (), Allocates, "Destroys an object of a leaf type whose reference count reached zero.";
        destroy_unseen(object: Obj) -> I64, Allocates, "Destroys an object whose reference count reached zero if that runs no Python code: 1, or 0 if the interpreter must destroy it, or what is left of it.";
        binary_op(left: Obj, right: Obj, op: I64) -> Obj, Any, "`left op right`, with the number of `bytecode::BinaryOp`, in-place ones included.";
        compare_op(left: Obj, right: Obj, op: I64) -> Obj, Any, "Rich comparison with the number of `Py_LT`….";
        compare_bool(left: Obj, right: Obj, op: I64) -> I64, Any, "Truth of a rich comparison: 0, 1, or -1 with an exception.";
        contains(container: Obj, item: Obj) -> I64, Any, "`item in container`: 0, 1, or -1 with an exception.";
        is_true(object: Obj) -> I64, Any, "Truth: 0, 1, or -1 with an exception.";
        negative(object: Obj) -> Obj, Any, "`-object`.";
        invert(object: Obj) -> Obj, Any, "`~object`.";
        positive(object: Obj) -> Obj, Any, "`+object`.";
        float_pow(base: F64, exponent: F64, out: Ptr) -> I64, Pure, "Stores `base ** exponent` to `out` and returns 1, or returns 0 where Python raises or gives a complex number.";
        float_mod(left: F64, right: F64) -> F64, Pure, "Python's `left % right` for a divisor that is not zero.";
        float_floordiv(left: F64, right: F64) -> F64, Pure, "Python's `left // right` for a divisor that is not zero.";
        int_pow(base: I64, exponent: I64, out: Ptr) -> I64, Pure, "Stores `base ** exponent` to `out` and returns 1, or returns 0 if it does not fit 64 bits or the exponent is negative.";
        int_pow_mod(base: I64, exponent: I64, modulus: I64, out: Ptr) -> I64, Pure, "`pow(base, exponent, modulus)` of ints, stored to `out`: 1, or 0 for a negative exponent or a modulus of 0.";
        box_wide(low: I64, high: I64) -> Obj, Allocates, "A new int (or the shared small one) of two words, the high one with the sign.";
        unbox_wide(object: Obj, out: Ptr) -> I64, Pure, "Stores an exact int's value to two words at `out`, the low one first, and returns 1, or returns 0 if it does not fit 128 bits.";
        wide_mod(low: I64, high: I64, divisor: I64) -> I64, Pure, "The remainder of an int of two words, with the sign of the divisor, which is not 0.";
        wide_mod_unsigned(low: I64, high: I64, divisor: I64) -> I64, Pure, "The same, not negative, of a divisor of 64 bits without a sign.";
        wide_floordiv(low: I64, high: I64, divisor: I64, out: Ptr) -> I64, Pure, "Stores the floor of the quotient of an int of two words to two words at `out` and returns 1, or returns 0 if the divisor is 0 or the quotient does not fit.";
        wide_to_float(low: I64, high: I64) -> F64, Pure, "The double nearest to an int of two words.";
        box_real(is_float: I64, int: I64, float: F64) -> Obj, Allocates, "A new float, or a new int (or the shared small one).";
        box_complex(real: F64, imaginary: F64) -> Obj, Allocates, "A new complex number.";
        complex_abs(real: F64, imaginary: F64) -> F64, Pure, "The magnitude of a complex number; infinite where Python raises, too.";
        complex_div(left_real: F64, left_imaginary: F64, right_real: F64, right_imaginary: F64, out: Ptr) -> I64, Pure, "Stores the real and the imaginary part of a quotient to two words at `out` and returns 1, or returns 0 if the divisor is 0.";
        get_item(container: Obj, key: Obj) -> Obj, Any, "`container[key]`.";
        set_item(container: Obj, key: Obj, value: Obj) -> I64, Any, "`container[key] = value`: 0, or -1 with an exception.";
        delete_item(container: Obj, key: Obj) -> I64, Any, "`del container[key]`: 0, or -1 with an exception.";
        dict_get_str(dict: Obj, key: Obj) -> Obj, Pure, "Entry of an exact dict under an exact str, borrowed, or NULL without an exception.";
        dict_has_plain(dict: Obj, key: Obj) -> I64, Pure, "`key in dict` of an exact dict and an exact str, int or tuple: 0 or 1, or -1 if Python code has to hash or compare keys.";
        dict_get_plain(dict: Obj, key: Obj, missing: Obj) -> Obj, Pure, "Entry of an exact dict under an exact str, int or tuple, borrowed; `missing` if there is none; NULL if Python code has to hash or compare keys.";
        dict_has_tuple(dict: Obj, items: Ptr, count: I64) -> I64, Pure, "`dict_has_plain` of a tuple of `count` items, borrowed, which is not made.";
        dict_get_tuple(dict: Obj, items: Ptr, count: I64, missing: Obj) -> Obj, Pure, "`dict_get_plain` of a tuple of `count` items, borrowed, which is not made.";
        dict_can_set_plain(dict: Obj, key: Obj, found: Ptr) -> I64, Pure, "1 if setting the entry of an exact dict under an exact str, int or tuple runs no Python code: then the first word at `found` is what is there now, borrowed or NULL, and the others are for `dict_set_plain`; else 0.";
        dict_has_hashed(dict: Obj, key: Obj, hash: I64) -> I64, Pure, "`dict_has_plain` of a key with that hash that is only found as the very object: -1 where another key has the same.";
        dict_get_hashed(dict: Obj, key: Obj, hash: I64, missing: Obj) -> Obj, Pure, "`dict_get_plain` of such a key.";
        dict_can_set_hashed(dict: Obj, key: Obj, hash: I64, found: Ptr) -> I64, Pure, "`dict_can_set_plain` of such a key.";
        end_unseen(objects: Ptr, count: I64) -> I64, Pure, "1 if no Python code runs when `count` objects, borrowed, some of which may be NULL or the same, lose a reference each; 0 if it may.";
        hash_of_tuple(tuple: Obj) -> I64, Pure, "`hash` of an exact tuple, or -1 if Python code may have to hash an item.";
        hash_of_items(items: Ptr, count: I64) -> I64, Pure, "`hash_of_tuple` of a tuple of `count` items, borrowed, which is not made.";
        dict_set_plain(dict: Obj, key: Obj, value: Obj, found: Ptr) -> I64, Mutates, "Sets such an entry, with what `dict_can_set_plain` found, whose value becomes owned: 0, or -1 with an exception.";
        set_has_plain(set: Obj, key: Obj, place: Ptr) -> I64, Pure, "`key in set` of an exact set or frozenset and an exact str, int or tuple: 0 or 1, with its place in the table in two words at `place`, or -1 if Python code has to hash or compare keys.";
        set_has_tuple(set: Obj, items: Ptr, count: I64) -> I64, Pure, "`set_has_plain` of a tuple of `count` items, borrowed, which is not made; its place is not told.";
        set_has_hashed(set: Obj, key: Obj, hash: I64) -> I64, Pure, "`dict_has_hashed` of an exact set or frozenset.";
        set_add_plain(set: Obj, key: Obj, place: Ptr) -> I64, Mutates, "Adds such a key to an exact set, given the place that was found for it: 0, or -1 with an exception.";
        set_discard_plain(set: Obj, place: Ptr) -> (), Mutates, "Takes the key that was found at that place out of an exact set.";
        heap_place(heap: Obj, item: Obj) -> I64, Pure, "The place in an exact list at which `heappush` puts the item, or -1 if Python code has to compare.";
        heap_push(heap: Obj, item: Obj, place: I64) -> I64, Mutates, "`heappush` to that place: 0, or -1 with an exception.";
        heap_places(heap: Obj, places: Ptr) -> I64, Pure, "Stores the places through which `heappop` moves items of an exact list to up to `HEAP_PLACES` words at `places`: their number, or -1 if the list is empty or Python code has to compare.";
        heap_pop(heap: Obj, places: Ptr, count: I64) -> Obj, Mutates, "`heappop` through these places: the item, or NULL with an exception.";
        is_instance_plain(object: Obj, class: Obj) -> I64, Pure, "`isinstance`: 0 or 1, or -1 if Python code has to tell.";
        get_slice(container: Obj, start: Obj, stop: Obj) -> Obj, Any, "`container[start:stop]`.";
        set_slice(container: Obj, start: Obj, stop: Obj, value: Obj) -> I64, Any, "`container[start:stop] = value`: 0, or -1 with an exception.";
        list_stepped_slice(list: Obj, start: I64, stop: I64, step: I64) -> Obj, Allocates, "`list[start:stop:step]` of an exact list; indices as written, the step is not 0.";
        store_list_slice(list: Obj, start: I64, stop: I64, value: Obj) -> I64, Any, "`list[start:stop] = value` of an exact list, indices as written: 0, or -1 with an exception.";
        copy_list_slice(words: Ptr) -> I64, Any, "`left[a:b] = right[c:d:e]` of exact lists, with `left`, a, b, `right`, c, d, e at `words`: 0, or -1 with an exception.";
        list_slice(list: Obj, start: I64, stop: I64) -> Obj, Allocates, "`list[start:stop]` of an exact list; indices as written.";
        slice_plain(container: Obj, start: I64, stop: I64, step: I64) -> Obj, Allocates, "`container[start:stop:step]` of an exact str, bytes or tuple; indices as written, the step is not 0.";
        build_slice(start: Obj, stop: Obj, step: Obj) -> Obj, Allocates, "A slice.";
        get_attr(object: Obj, name: Obj, out: Ptr) -> I64, Tells, "Stores `object.name`, owned, to `out`: 0 or 1, or -1 with an exception.";
        set_attr(object: Obj, name: Obj, value: Obj) -> I64, Tells, "`object.name = value`: 0 or 1, or -1 with an exception.";
        delete_attr(object: Obj, name: Obj) -> I64, Any, "`del object.name`: 0, or -1 with an exception.";
        load_method(object: Obj, name: Obj, out: Ptr) -> I64, Tells, "Looks a method up: stores the callable and `self` (or NULL) to `out[0..2]`, both owned; 0 or 1, or -1 with an exception.";
        load_global(globals: Obj, builtins: Obj, name: Obj) -> Obj, Any, "A global or builtin name.";
        store_global(globals: Obj, name: Obj, value: Obj) -> I64, Any, "`name = value` at module level: 0, or -1 with an exception.";
        delete_global(globals: Obj, name: Obj) -> I64, Any, "DELETE_GLOBAL: 0, or -1 with an exception.";
        load_super_attr(callable: Obj, class: Obj, object: Obj, name: Obj, flags: I64, out: Ptr) -> I64, Any, "LOAD_SUPER_ATTR: stores the attribute and `self` (or NULL) to `out[0..2]`, both owned; flags: 1 as a method, 2 both arguments were written; 0, or -1 with an exception.";
        load_special(owner: Obj, which: I64, out: Ptr) -> I64, Any, "LOAD_SPECIAL with that argument: stores the method and `self` (or NULL) to `out[0..2]`, both owned; 0, or -1 with an exception.";
        enter_with(manager: Obj, out: Ptr) -> I64, Any, "BEFORE_WITH: stores the bound `__exit__` and the result of `__enter__` to `out[0..2]`, both owned; 0, or -1 with an exception.";
        call(tstate: Ptr, callable: Obj, args: Ptr, argc: I64, kwnames: Obj) -> Obj, Any, "Calls with `argc` arguments behind `args[0]`, which is self or NULL; the last `len(kwnames)` of them are keyword values (`kwnames` may be NULL).";
        call_c(function: Ptr, receiver: Obj, args: Ptr, argc: I64) -> Obj, Any, "Calls the C function at that address, of convention `METH_FASTCALL`.";
        call_c_keywords(function: Ptr, receiver: Obj, args: Ptr, argc: I64, kwnames: Obj) -> Obj, Any, "The same of convention `METH_FASTCALL | METH_KEYWORDS`; values of keywords are behind the arguments.";
        call_c_method(function: Ptr, receiver: Obj, class: Ptr, args: Ptr, argc: I64, kwnames: Obj) -> Obj, Any, "The same of convention `METH_METHOD | METH_FASTCALL | METH_KEYWORDS`, with the class that defines the method.";
        call_c_object(function: Ptr, receiver: Obj, argument: Obj) -> Obj, Any, "The same of convention `METH_O`, or `METH_NOARGS` with NULL.";
        call_ex(callable: Obj, args: Obj, kwargs: Obj) -> Obj, Any, "`callable(*args, **kwargs)`; `kwargs` may be NULL.";
        call_ex_of(callable: Obj, args: Obj, entries: Obj) -> Obj, Any, "The same with a copy of an exact dict, which is only made where the callable would get at it.";
        get_iter(object: Obj) -> Obj, Any, "`iter(object)`.";
        iter_next(tstate: Ptr, iterator: Obj) -> Obj, Any, "The next item; NULL without an exception when exhausted.";
        get_plain_iter(object: Obj) -> Obj, Allocates, "`iter(object)` of a builtin container or a view of one.";
        open_range(range: Obj, out: Ptr) -> I64, Pure, "Stores the first value, the step and the length of an exact range to `out` and returns 1, or returns 0 if its iterator is none of 64-bit ints, or there is no memory.";
        unpack_rest(sequence: Obj, out: Ptr, before: I64, after: I64) -> I64, Allocates, "Unpacks an exact list or tuple that has so many items at least: to `out` the first ones, a list of what is between, and the last ones, all owned. 0, or -1 with an exception.";
        dict_next(dict: Obj, used: I64, position: I64, left: I64, out: Ptr) -> I64, Pure, "The next entry of a dict from a place in its table on: 1 with key, value (both borrowed) and the place after it at `out`; 0 if there is none; -1 where an iterator that expects so many entries, and so many from here on, raises.";
        set_next(set: Obj, used: I64, position: I64, out: Ptr) -> I64, Pure, "The next key of a set or frozenset from a place in its table on: 1 with the key (borrowed) and the place after it at `out`; 0 if there is none; -1 where an iterator that expects so many keys raises.";
        iter_next_plain(iterator: Obj, text: I64, out: Ptr) -> I64, Mutates, "The next item of an iterator over a dict, a view of one or a set, or (`text`) a str or bytes: 1 with the owned item at `out`; 0 at the end, with what it ran over if that is to be given up, owned, or NULL; -1 with an exception.";
        finish_generator(tstate: Ptr, frame: Ptr) -> (), Any, "Ends a generator at a `return`: clears its frame, which stands there with all locals and nothing on the stack.";
        call_builtin(function: Obj, args: Ptr, argc: I64) -> Obj, Allocates, "Calls a C function of a module or a type's method, with the receiver among the arguments, that `builtins` declares to change nothing for arguments like these.";
        call_changing_builtin(function: Obj, args: Ptr, argc: I64) -> Obj, Mutates, "The same for one that changes containers.";
        build_list(items: Ptr, count: I64) -> Obj, Allocates, "A list of items whose references it takes over.";
        build_tuple(items: Ptr, count: I64) -> Obj, Allocates, "A tuple of items whose references it takes over.";
        build_tuple_of(class: Obj, items: Ptr, count: I64) -> Obj, Allocates, "The same for a class that derives from `tuple` and allocates as it does.";
        build_virtual(kind: I64, parts: Ptr, count: I64) -> Obj, Allocates, "The object that `exit::Virtual` number `kind` stands for, from words that are owned objects or, where the kind says so, integers.";
        build_map(items: Ptr, pairs: I64) -> Obj, Any, "A dict of `pairs` keys and values at `items`.";
        build_plain_map(items: Ptr, pairs: I64) -> Obj, Allocates, "The same for keys whose hash and comparison run no Python code.";
        build_set(items: Ptr, count: I64) -> Obj, Any, "A set of `count` items.";
        build_string(items: Ptr, count: I64) -> Obj, Allocates, "The concatenation of `count` strs.";
        list_append(list: Obj, item: Obj) -> I64, Mutates, "Appends to an exact list, taking over the reference to `item`: 0, or -1 with an exception.";
        list_to_tuple(list: Obj) -> Obj, Allocates, "`tuple(list)` of an exact list.";
        new_collection(begun: I64) -> Obj, Allocates, "What the call of that number of `Begun` makes of no items: a set, or a list that is as long as `list` makes it for an iterable that does not tell its length.";
        collect(collection: Obj, item: Obj) -> I64, Mutates, "Adds an item to what such a call has made so far, taking over the reference; an item of a set is hashed and compared without Python code.";
        collected(collection: Obj, begun: I64, separator: Obj) -> Obj, Allocates, "What such a call returns, given what it has made, of items that are sorted without Python code; the separator is for strs to be joined. NULL with an exception.";
        list_extend(list: Obj, iterable: Obj) -> I64, Any, "`list += iterable` as LIST_EXTEND does: 0, or -1 with an exception.";
        set_add(set: Obj, item: Obj) -> I64, Any, "Adds to a set: 0, or -1 with an exception.";
        map_add(dict: Obj, key: Obj, value: Obj) -> I64, Any, "Sets an entry of an exact dict: 0, or -1 with an exception.";
        set_update(set: Obj, iterable: Obj) -> I64, Any, "SET_UPDATE: 0, or -1 with an exception.";
        dict_merge(dict: Obj, other: Obj, callable: Obj) -> I64, Any, "DICT_MERGE for a call of that callable: 0, or -1 with an exception.";
        length(object: Obj) -> I64, Any, "`len(object)`, or -1 with an exception.";
        match_keys(mapping: Obj, keys: Obj) -> Obj, Any, "MATCH_KEYS: a tuple of the values, or `None`.";
        match_class(subject: Obj, class: Obj, count: I64, names: Obj) -> Obj, Any, "MATCH_CLASS: a tuple of the attributes, or `None`.";
        dict_update(dict: Obj, other: Obj) -> I64, Any, "DICT_UPDATE: 0, or -1 with an exception.";
        unpack_iterable(object: Obj, out: Ptr, before: I64, after: I64) -> I64, Any, "Unpacks into `before` owned items at `out` (with `after` >= 0: a list and `after` more): 0, or -1 with an exception.";
        format_simple(value: Obj) -> Obj, Any, "`format(value)`, or the str itself.";
        format_int(value: I64, format: I64) -> Obj, Allocates, "`format(value, spec)` of an int in digits, with the spec as the number of a `Format`.";
        format_float(value: F64, format: I64) -> Obj, Allocates, "`format(value, spec)` of a float with digits behind the point, with the spec as the number of a `Format`.";
        format_str(value: Obj, format: I64) -> Obj, Allocates, "`format(value, spec)` of an exact str of ASCII, with the spec as the number of a `Format`.";
        str_of_int(value: I64) -> Obj, Allocates, "The decimal digits of an int.";
        format_plain(value: Obj) -> Obj, Allocates, "`format(value)` of an exact int, float, bool or `None`.";
        str_percent(text: Obj, values: Ptr, count: I64) -> Obj, Allocates, "`text % (values…)` of an exact str and exact numbers and strs, which are borrowed.";
        format_with_spec(value: Obj, spec: Obj) -> Obj, Any, "`format(value, spec)`.";
        convert_value(value: Obj, conversion: I64) -> Obj, Any, "`str` (1), `repr` (2) or `ascii` (3) of a value.";
        build_template(strings: Obj, interpolations: Obj) -> Obj, Allocates, "A `Template` of two tuples.";
        build_interpolation(value: Obj, text: Obj, conversion: I64, spec: Obj) -> Obj, Allocates, "An `Interpolation`; `conversion` as in `convert_value` or 0 for none, `spec` may be NULL.";
        common_constant(which: I64) -> Obj, Pure, "What LOAD_COMMON_CONSTANT pushes, borrowed from the interpreter.";
        make_function(code: Obj, globals: Obj) -> Obj, Any, "A function.";
        set_function_attribute(function: Obj, value: Obj, which: I64) -> (), Any, "SET_FUNCTION_ATTRIBUTE, taking over the reference to `value`.";
        build_instance(class: Obj, places: I64, values: Ptr, count: I64) -> Obj, Allocates, "A new instance of a class written in Python with attributes in these places (`exit::Places`); takes over the references to their values.";
        new_instance(class: Obj) -> Obj, Allocates, "`object.__new__(class)` for a class that allocates as `type` does; NULL with an exception.";
        make_cell(value: Obj) -> Obj, Allocates, "A cell; `value` may be NULL.";
        str_concat(left: Obj, right: Obj) -> Obj, Allocates, "Concatenation of exact strs.";
        sequence_binary(left: Obj, right: Obj, op: I64) -> Obj, Allocates, "`left op right` of exact lists, tuples, strs and bytes, and of ints that they are multiplied by: with the number of `bytecode::BinaryOp`, an addition or a multiplication.";
        list_extended(list: Obj, other: Obj) -> Obj, Mutates, "`list += other` of exact lists: the first one itself, owned.";
        str_append(left: Obj, right: Obj) -> Obj, Allocates, "Concatenation of exact strs, taking over the reference to `left` (grown in place if it is the only one); NULL with an exception.";
        load_name(frame: Ptr, name: Obj) -> Obj, Any, "LOAD_NAME in an interpreter frame.";
        import_name(frame: Ptr, globals: Obj, builtins: Obj, name: Obj, level: Obj, names: Obj) -> Obj, Any, "IMPORT_NAME with these namespaces, in a frame or (NULL) in a function.";
        module_entry(object: Obj, name: Obj) -> Obj, Pure, "Entry of an exact module's dict, borrowed; NULL without an exception if there is none or the object is no such module.";
        store_name(frame: Ptr, name: Obj, value: Obj) -> I64, Any, "STORE_NAME in an interpreter frame: 0, or -1 with an exception.";
        swap_variable(namespace: Obj, name: Obj, value: Obj, old: Ptr) -> I64, Mutates, "Sets an entry of an exact dict under an exact str; what was there, owned, or NULL goes to `old`: 0, or -1 with an exception.";
        set_variable(namespace: Obj, name: Obj, value: Obj) -> (), Mutates, "Sets an entry of an exact dict that is there under an exact str and holds an object of a leaf type, taking over the reference to `value`.";
        delete_name(frame: Ptr, name: Obj) -> I64, Any, "DELETE_NAME in an interpreter frame: 0, or -1 with an exception.";
        str_equal(left: Obj, right: Obj) -> I64, Pure, "Equality of exact strs.";
        str_compare(left: Obj, right: Obj) -> I64, Pure, "Order of exact strs: -1, 0 or 1.";
        str_contains(string: Obj, part: Obj) -> I64, Pure, "`part in string` of exact strs: 0 or 1, or -1 where memory is short.";
        str_item(string: Obj, index: I64) -> Obj, Allocates, "Character of an exact str at an index inside it.";
        note_type(unit: Ptr, code: I64, operand: I64, object: Obj) -> I64, Allocates, "Notes the type of an instruction's operand with code number `code` of the unit: 1 once enough were noted, else 0.";
        catch_exception(tstate: Ptr, unit: Ptr, frame: Ptr, flags: I64) -> Obj, Any, "Takes the exception that the linked frame's current instruction raised, after adding the frame to its traceback (flag 2: unless nobody else refers to it, so that `add_traceback` may do that later); NULL, and the exception stays raised as it is, with flag 1 or if the interpreter must handle it.";
        add_traceback(tstate: Ptr, frame: Ptr, exception: Obj) -> (), Any, "Adds the linked frame to the traceback of an exception (NULL: the handled one), unless `catch_exception` did.";
        may_handle(tstate: Ptr, unit: Ptr) -> I64, Mutates, "1 if native code may handle exceptions now, 0 if tools want to hear of them or an assumption broke.";
        handled_exception() -> Obj, Mutates, "The exception that is being handled, owned; NULL without an exception raised if there is none.";
        push_exc_info(tstate: Ptr, exception: Obj) -> Obj, Mutates, "Makes the exception the handled one; the one before or `None`, owned.";
        pop_except(tstate: Ptr, before: Obj) -> Obj, Mutates, "Makes an exception or `None`, whose reference it takes over, the handled one; the one that was, owned, or NULL if there was none or it could be destroyed unseen.";
        pop_untraced(tstate: Ptr, frame: Ptr, before: Obj) -> Obj, Any, "As `pop_except`; calls `add_traceback` first if the exception's class has a finalizer.";
        exception_matches(exception: Obj, class: Obj) -> I64, Allocates, "CHECK_EXC_MATCH: 1, 0, or -1 with an exception for what cannot be caught.";
        raise_exception(exception: Obj, cause: Obj) -> (), Any, "Raises an exception or an instance of its class, from a cause unless that is NULL.";
        with_except_start(exit: Obj, receiver: Obj, exception: Obj) -> Obj, Any, "Calls an `__exit__` (with the receiver unless that is NULL) for an exception.";
        locals_differ(frame: Ptr, words: Ptr, count: I64, unknown: I64) -> I64, Any, "1 if one of the linked frame's first slots is not what the word at its place says, else 0. Words: NULL for an empty slot, an object that the slot owns, or an object with the tag of a slot that borrows it. Slots whose bits are set in `unknown` may hold anything. It calls `let_frame_object_go` now and then.";
        let_frame_object_go(frame: Ptr) -> I64, Any, "Destroys the frame object of a frame if nobody else refers to it and nothing is noted in it: 1, or 0 if it stays.";
        poll(tstate: Ptr, unit: Ptr) -> I64, Any, "Slow path of the pending-work check: 0 to go on, 1 to leave to the interpreter.";
        observe(tstate: Ptr, unit: Ptr, exit: I64, buffer: Ptr, object: Obj) -> I64, Any, "Rebuilds the frames of observation point `exit`, destroys `object`, and takes the frames down: 0 to go on, 1 if the state must be left to the interpreter.";
    } };
}

macro_rules! declare {
    ($($name:ident ($($arg:ident: $kind:ident),*) -> $result:tt, $effect:ident, $doc:literal;)+) => {
        /// A helper of the table.
        #[allow(non_camel_case_types, reason = "the names are those of functions")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[repr(u16)]
        pub enum Helper { $(#[doc = $doc] $name,)+ }

        impl Helper {
            /// All helpers, in declaration order.
            pub const ALL: &'static [Helper] = &[$(Helper::$name,)+];

            /// The declared facts.
            pub const fn info(self) -> &'static HelperInfo {
                match self { $(Helper::$name => &HelperInfo {
                    name: stringify!($name),
                    args: &[$(Arg::$kind),*],
                    result: declare!(@result $result),
                    effect: HelperEffect::$effect,
                    doc: $doc,
                },)+ }
            }

            /// True for those that do nothing but call the C function at their first argument with the others.
            pub const fn calls_through(self) -> bool {
                matches!(self, Helper::call_c | Helper::call_c_keywords | Helper::call_c_method | Helper::call_c_object)
            }

            /// The helper of that name.
            pub fn from_name(name: &str) -> Option<Helper> {
                match name { $(stringify!($name) => Some(Helper::$name),)+ _ => None }
            }
        }
    };
    (@result ()) => { None };
    (@result $kind:ident) => { Some(Arg::$kind) };
}

for_each_helper!(declare);
