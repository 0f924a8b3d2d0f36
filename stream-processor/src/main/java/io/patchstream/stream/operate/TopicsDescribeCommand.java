package io.patchstream.stream.operate;

import io.patchstream.schemas.TopicSpec;
import io.patchstream.schemas.Topics;
import io.patchstream.schemas.describe.AsyncApi;
import io.patchstream.schemas.describe.SchemaPage;
import io.patchstream.stream.run.SettingsOptions;
import io.patchstream.stream.topics.TopicPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code topics describe}: topics and records for people or for tools; asks no broker. */
@Command(
        name = "describe",
        mixinStandardHelpOptions = true,
        description =
                "Prints the settings' topics and the records on them as Markdown, or as AsyncAPI. Asks no broker.")
final class TopicsDescribeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private SettingsOptions options;

    @Option(names = "--asyncapi", description = "Print an AsyncAPI 3.0 document (YAML).")
    private boolean asyncApi;

    @Override
    public Integer call() {
        TopicPlan plan = new TopicPlan(options.load().settings());
        List<TopicSpec> sent = new ArrayList<>(plan.outputs());
        sent.add(plan.replays());
        sent.add(plan.ledger());
        sent.addAll(plan.extras().isEmpty() ? Topics.standard().onRequest() : plan.extras());
        List<TopicSpec> all = new ArrayList<>(plan.inputs());
        all.addAll(sent);
        spec.commandLine().getOut().print(asyncApi ? AsyncApi.yaml(plan.inputs(), sent) : SchemaPage.markdown(all));
        spec.commandLine().getOut().flush();
        return ExitCode.OK;
    }
}
