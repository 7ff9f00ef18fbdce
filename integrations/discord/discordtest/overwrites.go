package discordtest

import (
	"slices"
	"strconv"
)

// overwrites reads permission overwrites.
func (f *form) overwrites(path string, v any) []Overwrite {
	var all []Overwrite
	for i, item := range f.list(path, v, 0, 100) {
		all = append(all, f.overwrite(at(path, i), item))
	}
	return all
}

func (f *form) overwrite(path string, v any) Overwrite {
	o := f.object(path, v)
	f.choice(in(path, "type"), o["type"], 0, 1)
	return Overwrite{ID: f.snowflake(in(path, "id"), o["id"]), Type: int(number(o["type"])),
		Allow: f.bits(in(path, "allow"), o["allow"]), Deny: f.bits(in(path, "deny"), o["deny"])}
}

func (f *form) bits(path string, v any) Permissions {
	if v == nil {
		return 0
	}
	n, err := strconv.ParseUint(text(v), 10, 64)
	if err != nil {
		f.bad(path, "NUMBER_TYPE_COERCE", "Value %q is not int.", text(v))
	}
	return Permissions(n)
}

// mayGrant asks for the permission to manage roles, and that nobody is given, or
// denied, what the app does not have itself. What stood there before is not asked about.
func (c *call) mayGrant(has Permissions, before, after []Overwrite) error {
	for _, o := range after {
		if slices.Contains(before, o) {
			continue
		}
		if err := c.mayOverwrite(has, o); err != nil {
			return err
		}
	}
	if len(after) < len(before) && !has.has(ManageRoles) {
		return errPermissions
	}
	return nil
}

func (c *call) mayOverwrite(has Permissions, o Overwrite) error {
	switch {
	case o.Type == 0 && (c.roleBy(o.ID) == nil || c.roleBy(o.ID).id != o.ID):
		return refuse(404, 10011)
	case o.Type == 1 && c.userBy(o.ID) == nil:
		return errUnknownUser
	case !has.has(ManageRoles), !has.has(o.Allow | o.Deny):
		return errPermissions
	case (o.Allow | o.Deny).has(ManageRoles) && !has.has(Administrator):
		return errPermissions
	}
	return nil
}

func (c *call) putOverwrite() (any, error) {
	ch, err := c.overwritable()
	if err != nil {
		return nil, err
	}
	c.body["id"] = c.value("overwrite")
	var f form
	o := f.overwrite("", c.body)
	if err := f.refusal(); err != nil {
		return nil, err
	}
	if err := c.mayOverwrite(c.permissions(c.bot(), ch), o); err != nil {
		return nil, err
	}
	ch.overwrites = append(slices.DeleteFunc(slices.Clone(ch.overwrites), sameTarget(o.ID)), o)
	c.tellChannel("CHANNEL_UPDATE", ch)
	return nil, nil
}

func (c *call) deleteOverwrite() (any, error) {
	ch, err := c.overwritable()
	if err != nil {
		return nil, err
	}
	id := c.value("overwrite")
	if !slices.ContainsFunc(ch.overwrites, sameTarget(id)) {
		return nil, refuse(404, 10009)
	}
	ch.overwrites = slices.DeleteFunc(slices.Clone(ch.overwrites), sameTarget(id))
	c.tellChannel("CHANNEL_UPDATE", ch)
	return nil, nil
}

// overwritable is the channel of the path, where the app may manage permissions.
func (c *call) overwritable() (*channel, error) {
	ch, err := c.channel()
	switch {
	case err != nil:
		return nil, err
	case ch.with != "" || ch.thread != nil:
		return nil, refuse(400, 50024)
	case !c.may(ch, ManageRoles):
		return nil, errPermissions
	}
	return ch, nil
}

func sameTarget(id string) func(Overwrite) bool {
	return func(o Overwrite) bool { return o.ID == id }
}
