// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Kafka brokers on 127.0.0.1, as librdkafka simulates them, in a process of their own. Prints their addresses, and ends
 * when standard input ends. Lines of standard input: "down" makes all brokers unreachable, "up" reachable.
 * usage: kafka_mock BROKERS TOPIC PARTITIONS
 */
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
	char error[512], line[64];
	int brokers = argc == 4 ? atoi(argv[1]) : 0;
	rd_kafka_t *rk = brokers ? rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), error, sizeof(error)) : NULL;
	rd_kafka_mock_cluster_t *cluster = rk ? rd_kafka_mock_cluster_new(rk, brokers) : NULL;

	if (!cluster || rd_kafka_mock_topic_create(cluster, argv[2], atoi(argv[3]), brokers) != RD_KAFKA_RESP_ERR_NO_ERROR) {
		fprintf(stderr, "no simulated brokers\n");
		return 1;
	}
	printf("%s\n", rd_kafka_mock_cluster_bootstraps(cluster));
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin))
		for (int i = 1; i <= brokers; i++) {
			if (!strcmp(line, "down\n"))
				rd_kafka_mock_broker_set_down(cluster, i);
			else if (!strcmp(line, "up\n"))
				rd_kafka_mock_broker_set_up(cluster, i);
		}
	rd_kafka_mock_cluster_destroy(cluster);
	rd_kafka_destroy(rk);
	return 0;
}
