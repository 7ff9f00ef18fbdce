package slacktest

// method is one method of the Web API.
type method struct {
	scopes []string // any one of them is enough; none are needed when empty
	app    bool     // asks for the app-level token instead of the bot's
	do     func(*call) (obj, error)
}

// AllScopes is every bot scope that a method or an event here may ask for.
var AllScopes = []string{
	"app_mentions:read", "bookmarks:read", "bookmarks:write", "channels:history", "channels:join",
	"channels:manage", "channels:read", "chat:write", "chat:write.public", "commands", "files:read", "files:write",
	"groups:history", "groups:read", "groups:write", "im:history", "im:read", "im:write", "pins:read", "pins:write",
	"reactions:read", "reactions:write", "team:read", "usergroups:read", "users:read", "users:read.email",
}

var (
	manageChannels = []string{"channels:manage", "groups:write", "im:write", "mpim:write"}
	inviteToThem   = []string{"channels:manage", "channels:write.invites", "groups:write", "groups:write.invites"}
	describeThem   = []string{"channels:manage", "channels:write.topic", "groups:write", "groups:write.topic"}
	readChannels   = []string{"channels:read", "groups:read", "im:read", "mpim:read"}
	readHistory    = []string{"channels:history", "groups:history", "im:history", "mpim:history"}
	write          = []string{"chat:write"}
)

// webAPI is the table of contents of what the workspace answers.
func webAPI() map[string]method {
	return map[string]method{
		"auth.test":             {do: (*call).authTest},
		"team.info":             {scopes: []string{"team:read"}, do: (*call).teamInfo},
		"apps.connections.open": {app: true, do: (*call).connectionsOpen},

		"conversations.create":     {scopes: manageChannels, do: (*call).conversationsCreate},
		"conversations.archive":    {scopes: manageChannels, do: (*call).conversationsArchive},
		"conversations.unarchive":  {scopes: manageChannels, do: (*call).conversationsUnarchive},
		"conversations.rename":     {scopes: manageChannels, do: (*call).conversationsRename},
		"conversations.invite":     {scopes: inviteToThem, do: (*call).conversationsInvite},
		"conversations.kick":       {scopes: manageChannels, do: (*call).conversationsKick},
		"conversations.setTopic":   {scopes: describeThem, do: (*call).conversationsSetTopic},
		"conversations.setPurpose": {scopes: describeThem, do: (*call).conversationsSetPurpose},
		"conversations.join":       {scopes: []string{"channels:join"}, do: (*call).conversationsJoin},
		"conversations.open":       {scopes: manageChannels, do: (*call).conversationsOpen},
		"conversations.info":       {scopes: readChannels, do: (*call).conversationsInfo},
		"conversations.list":       {scopes: readChannels, do: (*call).conversationsList},
		"conversations.members":    {scopes: readChannels, do: (*call).conversationsMembers},
		"conversations.history":    {scopes: readHistory, do: (*call).conversationsHistory},
		"conversations.replies":    {scopes: readHistory, do: (*call).conversationsReplies},
		"users.conversations":      {scopes: readChannels, do: (*call).usersConversations},

		"chat.postMessage":   {scopes: write, do: (*call).chatPostMessage},
		"chat.update":        {scopes: write, do: (*call).chatUpdate},
		"chat.delete":        {scopes: write, do: (*call).chatDelete},
		"chat.postEphemeral": {scopes: write, do: (*call).chatPostEphemeral},
		"chat.getPermalink":  {do: (*call).chatGetPermalink},

		"views.open":    {do: (*call).viewsOpen},
		"views.push":    {do: (*call).viewsPush},
		"views.update":  {do: (*call).viewsUpdate},
		"views.publish": {do: (*call).viewsPublish},

		"users.info":            {scopes: []string{"users:read"}, do: (*call).usersInfo},
		"users.list":            {scopes: []string{"users:read"}, do: (*call).usersList},
		"users.lookupByEmail":   {scopes: []string{"users:read.email"}, do: (*call).usersLookupByEmail},
		"usergroups.list":       {scopes: []string{"usergroups:read"}, do: (*call).usergroupsList},
		"usergroups.users.list": {scopes: []string{"usergroups:read"}, do: (*call).usergroupsUsersList},

		"pins.add":         {scopes: []string{"pins:write"}, do: (*call).pinsAdd},
		"pins.remove":      {scopes: []string{"pins:write"}, do: (*call).pinsRemove},
		"pins.list":        {scopes: []string{"pins:read"}, do: (*call).pinsList},
		"bookmarks.add":    {scopes: []string{"bookmarks:write"}, do: (*call).bookmarksAdd},
		"bookmarks.edit":   {scopes: []string{"bookmarks:write"}, do: (*call).bookmarksEdit},
		"bookmarks.remove": {scopes: []string{"bookmarks:write"}, do: (*call).bookmarksRemove},
		"bookmarks.list":   {scopes: []string{"bookmarks:read"}, do: (*call).bookmarksList},
		"reactions.add":    {scopes: []string{"reactions:write"}, do: (*call).reactionsAdd},
		"reactions.remove": {scopes: []string{"reactions:write"}, do: (*call).reactionsRemove},
		"reactions.get":    {scopes: []string{"reactions:read"}, do: (*call).reactionsGet},

		"files.getUploadURLExternal":   {scopes: []string{"files:write"}, do: (*call).filesGetUploadURL},
		"files.completeUploadExternal": {scopes: []string{"files:write"}, do: (*call).filesCompleteUpload},
		"files.info":                   {scopes: []string{"files:read"}, do: (*call).filesInfo},
	}
}
